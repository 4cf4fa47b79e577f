using System.Collections;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;

namespace ChatServer.Tests.Protocol;

/// <summary>
/// Frames as the JSON of docs/protocol-vectors.json, by reflection over their properties: property Foo is field "foo", bytes are
/// {"hex": …}, enums are numbers. Also makes random frames, in the same way.
/// </summary>
internal static class FrameJson
{
    private const string IdAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789._-@+";
    private static readonly string[] Texts = ["", "x", "Grüße", "日本語", "👋 wave", "a\0b", "line\nline", new('m', 64), "ü" + new string('m', 62)];

    public static JsonNode? From(object? value) => value switch
    {
        null => null,
        UserId id => id.Value,
        DeviceId id => id.Value,
        WireConversation { IsGroup: true } group => group.Group,
        WireConversation direct => direct.User.Value,
        ReadOnlyMemory<byte> bytes => Hex(bytes),
        string text => text,
        bool flag => flag,
        Enum number => Convert.ToUInt64(number, null),
        byte or ushort or uint or ulong or int => JsonValue.Create(Convert.ToUInt64(value, null)),
        _ when ItemType(value.GetType()) is not null => new JsonArray([.. Items(value).Select(From)]),
        _ => new JsonObject(Fields(value.GetType()).Select(field => KeyValuePair.Create(NameOf(field), ValueOf(field, value)))),
    };

    public static object To(Type type, JsonNode? node)
    {
        if (type == typeof(UserId)) return UserId.Parse(node!.GetValue<string>()); // vectors have no null there
        if (type == typeof(DeviceId)) return DeviceId.Parse(node!.GetValue<string>()); // the same
        if (type == typeof(WireConversation))
        {
            return node!.GetValueKind() == JsonValueKind.String // the same
                ? WireConversation.Direct(UserId.Parse(node.GetValue<string>()))
                : WireConversation.OfGroup(node.GetValue<ulong>());
        }

        if (type == typeof(ReadOnlyMemory<byte>))
            return node is null ? default(ReadOnlyMemory<byte>) : (ReadOnlyMemory<byte>)Convert.FromHexString(node["hex"]!.GetValue<string>()); // bytes always have hex
        if (type == typeof(string)) return node?.GetValue<string>()!; // null stands for nil
        if (type == typeof(bool)) return node!.GetValue<bool>(); // vectors have no null there
        if (type.IsEnum) return Enum.ToObject(type, node!.GetValue<ulong>()); // the same
        if (type.IsPrimitive) return Convert.ChangeType(node!.GetValue<ulong>(), type, null); // the same
        if (ItemType(type) is { } item)
        {
            var elements = node!.AsArray(); // the same
            return ListOf(type, item, elements.Count, index => To(item, elements[index]));
        }

        var fields = Fields(type).ToArray();
        Assert(node!.AsObject().Count == fields.Length, $"{type.Name} has the fields {string.Join(", ", fields.Select(NameOf))}"); // the same
        return Build(type, fields, field => To(field.PropertyType, node[NameOf(field)]));
    }

    public static object Random(Type type, Random random) => Random(type, random, "");

    public static IEnumerable<PropertyInfo> Fields(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite);

    public static string NameOf(PropertyInfo field) => JsonNamingPolicy.CamelCase.ConvertName(field.Name);

    private static object Random(Type type, Random random, string name)
    {
        if (type == typeof(UserId)) return UserId.Parse(RandomId(random, ProtocolLimits.UserIdBytes));
        if (type == typeof(DeviceId)) return DeviceId.Parse(RandomId(random, ProtocolLimits.DeviceIdBytes));
        if (type == typeof(WireConversation))
        {
            return random.Next(4) == 0
                ? WireConversation.OfGroup(Math.Max(1, RandomInteger(random)))
                : WireConversation.Direct(UserId.Parse(RandomId(random, ProtocolLimits.UserIdBytes)));
        }

        if (type == typeof(ReadOnlyMemory<byte>)) return RandomBytes(random, name);
        if (type == typeof(string)) return name == nameof(WelcomeFrame.Redirect) && random.Next(2) == 0 ? null! : Texts[random.Next(Texts.Length)]; // null stands for nil
        if (type == typeof(bool)) return random.Next(2) == 0;
        if (type.IsEnum) return Enum.ToObject(type, 1 + (RandomInteger(random) % 200));
        if (type == typeof(byte)) return (byte)(1 + (RandomInteger(random) % 255));
        if (type == typeof(int)) return (int)(RandomInteger(random) & int.MaxValue);
        if (type == typeof(uint)) return (uint)RandomInteger(random);
        if (type == typeof(ulong)) return Math.Max(1, RandomInteger(random));
        if (ItemType(type) is { } item)
        {
            var count = random.Next(4) == 0 ? ProtocolLimits.ListItems : random.Next(0, 20);
            return ListOf(type, item, count, _ => Random(item, random, ""));
        }

        return Build(type, [.. Fields(type)], field => Random(field.PropertyType, random, field.Name));
    }

    private static ReadOnlyMemory<byte> RandomBytes(Random random, string name)
    {
        var (min, max) = name switch
        {
            nameof(PingFrame.Echo) => (0, ProtocolLimits.EchoBytes),
            nameof(WelcomeFrame.History) => (ProtocolLimits.HistoryBytes, ProtocolLimits.HistoryBytes),
            nameof(HelloFrame.Secret) or nameof(WelcomeFrame.Token) => (0, ProtocolLimits.SecretBytes),
            _ => (0, ProtocolLimits.PayloadBytes),
        };
        var length = random.Next(3) switch { 0 => min, 1 => max, _ => random.Next(min, Math.Min(max, 300) + 1) };
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private static string RandomId(Random random, int maxBytes)
    {
        var id = new StringBuilder();
        var length = random.Next(3) switch { 0 => 1, 1 => maxBytes, _ => random.Next(1, maxBytes + 1) };
        for (var i = 0; i < length; i++) id.Append(IdAlphabet[random.Next(IdAlphabet.Length)]);
        return id.ToString();
    }

    /// <summary>All magnitudes alike, so that each form of an integer comes.</summary>
    private static ulong RandomInteger(Random random) => (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);

    private static JsonObject Hex(ReadOnlyMemory<byte> bytes) => new() { ["hex"] = Convert.ToHexStringLower(bytes.Span) };

    /// <summary>A token that is nil is null in JSON, not empty bytes: the one place where the two differ.</summary>
    private static JsonNode? ValueOf(PropertyInfo field, object owner) =>
        owner is WelcomeFrame { Token.IsEmpty: true } && field.Name == nameof(WelcomeFrame.Token) ? null : From(field.GetValue(owner));

    private static object Build(Type type, PropertyInfo[] fields, Func<PropertyInfo, object> value)
    {
        var owner = Activator.CreateInstance(type)!; // a struct is never null
        foreach (var field in fields) field.SetValue(owner, value(field));
        return owner;
    }

    private static Type? ItemType(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(FrameList<>) ? type.GenericTypeArguments[0] : null;

    private static IEnumerable<object> Items(object list) =>
        ((IEnumerable)list.GetType().GetMethod("ToArray")!.Invoke(list, null)!).Cast<object>(); // the method exists and returns an array

    private static object ListOf(Type list, Type item, int count, Func<int, object> element)
    {
        var items = Array.CreateInstance(item, count);
        for (var i = 0; i < count; i++) items.SetValue(element(i), i);
        return list.GetMethod("op_Implicit", [item.MakeArrayType()])!.Invoke(null, [items])!; // the conversion exists and returns a struct
    }

    private static void Assert(bool holds, string claim)
    {
        if (!holds) throw new InvalidOperationException(claim);
    }
}
