using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace EventStore.EF;

/// <summary>
/// Describes an event type to the store: the names and the version under which it is stored, and how it is written and read.
/// </summary>
public sealed class EventDescriptor
{
    private readonly Func<JsonTypeInfo> _makeJsonTypeInfo;
    private readonly EventJsonReader? _read;
    private readonly bool _isChecked;
    private JsonTypeInfo? _jsonTypeInfo;
    private JsonTypeInfo? _strictJsonTypeInfo;

    /// <summary>Describes an event type; generated code calls this.</summary>
    /// <param name="name">The stored name.</param>
    /// <param name="version">The version of the type's shape, from 1.</param>
    /// <param name="aliases">Names under which it was stored in the past.</param>
    /// <param name="clrType">The type.</param>
    /// <param name="jsonTypeInfo">Creates the serialization metadata; called once, on first use.</param>
    /// <param name="read">The generated reader for simple events, if there is one.</param>
    /// <param name="isChecked">Whether converters of the application write parts of the JSON, which is then checked.</param>
    [EditorBrowsable(EditorBrowsableState.Advanced)]
    public EventDescriptor(
        string name, int version, IReadOnlyList<string> aliases, Type clrType, Func<JsonTypeInfo> jsonTypeInfo,
        EventJsonReader? read = null, bool isChecked = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(version, 1);
        ArgumentNullException.ThrowIfNull(aliases);
        ArgumentNullException.ThrowIfNull(clrType);
        ArgumentNullException.ThrowIfNull(jsonTypeInfo);
        Name = name;
        Version = version;
        Aliases = aliases;
        ClrType = clrType;
        _makeJsonTypeInfo = jsonTypeInfo;
        _read = read;
        _isChecked = isChecked;
    }

    /// <summary>
    /// Describes a type marked <see cref="EventAttribute"/> in an assembly without the generator, which the application serializes itself;
    /// <see langword="null"/> if the type isn't marked.
    /// </summary>
    internal static EventDescriptor? WithOwnSerializer(Type type) => type.GetCustomAttribute<EventAttribute>() is { } attribute
        ? new(
            attribute.Name ?? JsonNamingPolicy.KebabCaseLower.ConvertName(type.Name), attribute.Version, attribute.Aliases, type,
            () => throw EventJson.NoSerializer(type))
        : null;

    /// <summary>The stored name.</summary>
    public string Name { get; }

    /// <summary>The version of the type's shape, from 1.</summary>
    public int Version { get; }

    /// <summary>Names under which the type was stored in the past; they are read as this type.</summary>
    public IReadOnlyList<string> Aliases { get; }

    /// <summary>The type.</summary>
    public Type ClrType { get; }

    internal JsonTypeInfo JsonTypeInfo => _jsonTypeInfo ??= _makeJsonTypeInfo();

    private JsonTypeInfo StrictJsonTypeInfo => _strictJsonTypeInfo ??=
        new JsonSerializerOptions(JsonTypeInfo.Options) { Encoder = new StrictTextEncoder() }.GetTypeInfo(ClrType);

    /// <summary>Serializes the event as UTF-8 JSON.</summary>
    /// <exception cref="ArgumentException">A text in it is not well-formed Unicode.</exception>
    /// <exception cref="JsonException">A converter of the application wrote no JSON value, or several.</exception>
    internal byte[] Serialize(object data)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(data, JsonTypeInfo);
        if (_isChecked)
            WrittenJson.Check(json);

        // A replaced character looks like an original U+FFFD. This is rare, so only then is the text checked, by serializing again.
        if (StrictTextEncoder.MayHaveReplaced(json, JsonTypeInfo.Options))
            _ = JsonSerializer.SerializeToUtf8Bytes(data, StrictJsonTypeInfo);

        return json;
    }

    /// <summary>
    /// Deserializes the event from UTF-8 JSON. The value or exception is that of System.Text.Json, whichever reader reads it.
    /// </summary>
    internal object? Deserialize(ReadOnlySpan<byte> payload)
        => TryReadStraight(payload, out var data) ? data : JsonSerializer.Deserialize(payload, JsonTypeInfo);

    /// <summary>Whether the generated reader understood everything; if not, the serialization metadata reads it again.</summary>
    internal bool TryReadStraight(ReadOnlySpan<byte> payload, out object? data) => StraightReader.TryRead(_read, payload, out data);
}
