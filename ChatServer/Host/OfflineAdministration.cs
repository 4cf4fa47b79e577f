namespace ChatServer.Host;

/// <summary>
/// Opens a data directory that no server holds, lets <paramref name="work"/> ask, and closes it again; the result is the work's.
/// Throws IOException when another process holds the directory, InvalidDataException when it does not verify.
/// </summary>
internal delegate Task<int> OfflineAdministration(string dataPath, Func<AdminHandler, Task<int>> work);
