using ChatServer.Network;

namespace ChatServer.Runtime;

/// <summary>Takes one poll event.</summary>
internal delegate void PollEventHandler(in PollEvent pollEvent);
