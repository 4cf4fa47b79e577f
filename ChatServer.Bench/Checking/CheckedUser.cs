namespace ChatServer.Bench.Checking;

/// <summary>A user: their devices, whether there any more or not, and the conversations they belong to.</summary>
internal sealed class CheckedUser
{
    public List<CheckedDevice> Devices { get; } = [];

    public List<CheckedConversation> Conversations { get; } = [];
}
