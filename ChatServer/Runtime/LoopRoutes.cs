namespace ChatServer.Runtime;

/// <summary>Which loop owns which partition. Fixed at the start; any thread.</summary>
internal sealed class LoopRoutes(int loops)
{
    private readonly Loop?[] _loops = new Loop?[loops];

    public int IndexOf(int partition) => partition % loops;

    public void Set(int index, Loop loop) => _loops[index] = loop;

    public void Post(int partition, Mail mail) =>
        (_loops[IndexOf(partition)] ?? throw new InvalidOperationException("Loops are set before they start")).Post(mail);
}
