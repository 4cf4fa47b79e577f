namespace ChatServer.Core;

/// <summary>What a recipient's home has told the conversation's home about new entries for the recipient.</summary>
internal enum RecipientStatus : byte
{
    Open = 0,
    Full = 1,
    Gone = 2,
}
