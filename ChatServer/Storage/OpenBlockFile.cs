namespace ChatServer.Storage;

/// <summary>Opens a file of the log; <see cref="BlockFile.Open"/>, or one with faults.</summary>
internal delegate BlockFile OpenBlockFile(string path, bool create);
