using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ChatServer.Network;

namespace ChatServer.Bench.Load.Raw;

/// <summary>
/// The calls of a TCP client without anything between it and the kernel: at most one call for what a turn sends and one for what came.
/// Linux only.
/// </summary>
internal static partial class RawSocket
{
    public const int TryAgain = LinuxCalls.TryAgain;

    private const int InProgress = 115;
    private const int Internet = 2;
    private const int Stream = 1;
    private const int LevelSocket = 1;
    private const int LevelIp = 0;
    private const int LevelTcp = 6;
    private const int OptionReceiveBuffer = 8;
    private const int OptionLinger = 13;
    private const int OptionNoDelay = 1;
    private const int OptionBindAddressNoPort = 24;

    /// <summary>Begins to connect; the descriptor becomes writable when that has ended.</summary>
    /// <param name="server">Where to, by IPv4.</param>
    /// <param name="source">From where; default: the system chooses. With few sources the ports of one run out.</param>
    /// <param name="receiveBufferBytes">Of the kernel; 0: what it takes by itself.</param>
    /// <exception cref="SocketException">No socket, most likely because there are too many; or nobody listens.</exception>
    public static unsafe int Connect(IPEndPoint server, IPAddress? source, int receiveBufferBytes)
    {
        var descriptor = Open(Internet, Stream | LinuxCalls.NonBlockingCloseOnExec, 0);
        if (descriptor < 0) throw Failure();
        Set(descriptor, LevelTcp, OptionNoDelay, 1);
        if (receiveBufferBytes > 0) Set(descriptor, LevelSocket, OptionReceiveBuffer, receiveBufferBytes);
        if (source is not null)
        {
            // Without this a bound socket takes a port for itself alone, whatever it connects to.
            Set(descriptor, LevelIp, OptionBindAddressNoPort, 1);
            var from = new Address(new IPEndPoint(source, 0));
            if (Bind(descriptor, &from, sizeof(Address)) != 0) throw FailureOf(descriptor);
        }

        var to = new Address(server);
        if (Connect(descriptor, &to, sizeof(Address)) != 0 && Marshal.GetLastPInvokeError() != InProgress) throw FailureOf(descriptor);
        return descriptor;
    }

    /// <summary>Bytes that came; 0: the end; -1: none yet, or an error.</summary>
    public static unsafe int Receive(int descriptor, Span<byte> destination)
    {
        fixed (byte* bytes = destination) return (int)LinuxCalls.Receive(descriptor, bytes, (nuint)destination.Length, 0);
    }

    /// <summary>Bytes that were taken; -1: none now, or an error.</summary>
    public static unsafe int Send(int descriptor, ReadOnlySpan<byte> source)
    {
        fixed (byte* bytes = source) return (int)LinuxCalls.Send(descriptor, bytes, (nuint)source.Length, LinuxCalls.NoSignal);
    }

    public static void FinishSending(int descriptor) => _ = LinuxCalls.Shutdown(descriptor, LinuxCalls.ShutdownWrite);

    /// <param name="descriptor">What is closed.</param>
    /// <param name="reset">As a lost network does it, instead of saying goodbye.</param>
    public static unsafe void Close(int descriptor, bool reset)
    {
        if (reset)
        {
            var linger = 1L; // on, and 0 seconds
            _ = SetOption(descriptor, LevelSocket, OptionLinger, &linger, sizeof(long));
        }

        _ = LinuxCalls.Close(descriptor);
    }

    private static unsafe void Set(int descriptor, int level, int option, int value) => _ = SetOption(descriptor, level, option, &value, sizeof(int));

    private static SocketException FailureOf(int descriptor)
    {
        var failure = Failure();
        _ = LinuxCalls.Close(descriptor);
        return failure;
    }

    private static SocketException Failure() => new(Marshal.GetLastPInvokeError(), Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Open(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static unsafe partial int Bind(int descriptor, Address* address, int length);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static unsafe partial int Connect(int descriptor, Address* address, int length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static unsafe partial int SetOption(int descriptor, int level, int option, void* value, int length);

    /// <summary>sockaddr_in: family in the machine's order, port and address in the network's.</summary>
    private readonly struct Address
    {
        private readonly ushort _family;
        private readonly ushort _port;
        private readonly uint _address;
        private readonly ulong _zero;

        public Address(IPEndPoint endPoint)
        {
            _family = Internet;
            _port = (ushort)IPAddress.HostToNetworkOrder((short)endPoint.Port);
            _address = BitConverter.ToUInt32(endPoint.Address.MapToIPv4().GetAddressBytes());
            _zero = 0;
        }
    }
}
