using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EventStore.EF;

/// <summary>
/// Reads single values for generated readers, either exactly as System.Text.Json does or not at all: the event is then read again from the
/// beginning with metadata. Each type has a separately named method, because choosing among overloads is most of the compiler's work on
/// generated code. Generated code calls this; applications don't.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class EventJsonValues
{
    /// <summary>The options for built-in converters, which need no metadata.</summary>
    private static readonly JsonSerializerOptions Options = EventJsonOptions.Create();

    /// <summary>Moves to the value of the next member of an object.</summary>
    /// <param name="reader">A reader positioned at the start of the object, or at the end of a member's value.</param>
    /// <param name="name">The bytes of the member's name, as they appear in the JSON.</param>
    /// <returns>Whether there is another member.</returns>
    public static bool Next(ref Utf8JsonReader reader, out ReadOnlySpan<byte> name)
    {
        name = default;
        if (!reader.Read() || reader.TokenType != JsonTokenType.PropertyName)
            return false;

        name = reader.ValueSpan;
        return reader.Read();
    }

    /// <summary>Whether the bytes of a name are those of a member's name.</summary>
    public static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> member) => name.SequenceEqual(member);

    /// <summary>Whether the member occurs for the first time; always true for unknown members.</summary>
    /// <param name="index">The member's index, from 0 to 63; negative if it is unknown.</param>
    /// <param name="seen">The bits of the members that have occurred.</param>
    public static bool IsNew(int index, ref ulong seen)
    {
        if (index < 0)
            return true;
        var bit = 1ul << index;
        var isNew = (seen & bit) == 0;
        seen |= bit;
        return isNew;
    }

    /// <summary>Whether the value is this text.</summary>
    public static bool IsText(ref Utf8JsonReader reader, ReadOnlySpan<byte> text)
        => reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(text);

    /// <summary>Skips the value of a member that the type doesn't have.</summary>
    /// <returns>False if the name is escaped, because it may be that of a member after all.</returns>
    public static bool Skip(ref Utf8JsonReader reader, scoped ReadOnlySpan<byte> name)
    {
        if (name.Contains((byte)'\\'))
            return false;

        reader.Skip();
        return true;
    }

    /// <summary>Reads with a converter of System.Text.Json, which throws as usual.</summary>
    public static T? Read<T>(ref Utf8JsonReader reader, JsonConverter<T?> converter)
    {
        ArgumentNullException.ThrowIfNull(converter);
        return reader.TokenType == JsonTokenType.Null && default(T) is null && !converter.HandleNull
            ? default
            : converter.Read(ref reader, typeof(T), Options);
    }

    /// <summary>Reads a value of exactly this type.</summary>
    /// <param name="reader">A reader positioned at the value.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether System.Text.Json would read the same.</returns>
    public static bool TryReadBoolean(ref Utf8JsonReader reader, out bool value)
    {
        value = reader.TokenType == JsonTokenType.True;
        return value || reader.TokenType == JsonTokenType.False;
    }

    /// <inheritdoc cref="TryReadBoolean"/>
    public static bool TryReadByte(ref Utf8JsonReader reader, out byte value)
    {
        value = default;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetByte(out value);
    }

    /// <inheritdoc cref="TryReadBoolean"/>
    public static bool TryReadSByte(ref Utf8JsonReader reader, out sbyte value)
    {
        value = default;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetSByte(out value);
    }

    /// <inheritdoc cref="TryReadBoolean"/>
    public static bool TryReadInt16(ref Utf8JsonReader reader, out short value)
    {
        value = default;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt16(out value);
    }

    /// <inheritdoc cref="TryReadBoolean"/>
    public static bool TryReadUInt16(ref Utf8JsonReader reader, out ushort value)
    {
        value = default;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetUInt16(out value);
    }

    /// <inheritdoc cref="TryReadBoolean"/>
    public static bool TryReadInt32(ref Utf8JsonReader reader, out int value)
    {
        value = default;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out value);
    }

    /// <inheritdoc cref="TryReadBoolean"/>
    public static bool TryReadUInt32(ref Utf8JsonReader reader, out uint value)
    {
        value = default;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetUInt32(out value);
    }

    /// <inheritdoc cref="TryReadBoolean"/>
    public static bool TryReadInt64(ref Utf8JsonReader reader, out long value)
    {
        value = default;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out value);
    }

    /// <inheritdoc cref="TryReadBoolean"/>
    public static bool TryReadUInt64(ref Utf8JsonReader reader, out ulong value)
    {
        value = default;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out value);
    }

    /// <inheritdoc cref="TryReadBoolean"/>
    public static bool TryReadSingle(ref Utf8JsonReader reader, out float value)
    {
        value = default;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetSingle(out value);
    }

    /// <inheritdoc cref="TryReadBoolean"/>
    public static bool TryReadDouble(ref Utf8JsonReader reader, out double value)
    {
        value = default;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out value);
    }

    /// <inheritdoc cref="TryReadBoolean"/>
    public static bool TryReadDecimal(ref Utf8JsonReader reader, out decimal value)
    {
        value = default;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out value);
    }

    /// <inheritdoc cref="TryReadBoolean"/>
    public static bool TryReadGuid(ref Utf8JsonReader reader, out Guid value)
    {
        value = default;
        return reader.TokenType == JsonTokenType.String && reader.TryGetGuid(out value);
    }

    /// <inheritdoc cref="TryReadBoolean"/>
    public static bool TryReadDateTime(ref Utf8JsonReader reader, out DateTime value)
    {
        value = default;
        return reader.TokenType == JsonTokenType.String && reader.TryGetDateTime(out value);
    }

    /// <inheritdoc cref="TryReadBoolean"/>
    public static bool TryReadDateTimeOffset(ref Utf8JsonReader reader, out DateTimeOffset value)
    {
        value = default;
        return reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out value);
    }

    /// <inheritdoc cref="TryReadBoolean"/>
    public static bool TryReadChar(ref Utf8JsonReader reader, out char value)
    {
        const int Escaped = 6;
        value = default;
        if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length is 0 or > Escaped)
            return false;

        Span<char> text = stackalloc char[Escaped];
        var length = reader.CopyString(text);
        value = text[0];
        return length == 1;
    }

    /// <inheritdoc cref="TryReadBoolean"/>
    public static bool TryReadText(ref Utf8JsonReader reader, out string? value)
    {
        var isText = reader.TokenType == JsonTokenType.String;
        value = isText ? reader.GetString() : null;
        return isText || reader.TokenType == JsonTokenType.Null;
    }

    /// <inheritdoc cref="TryReadBoolean"/>
    public static bool TryReadBytes(ref Utf8JsonReader reader, out byte[]? value)
    {
        value = null;
        return reader.TokenType == JsonTokenType.Null
            || (reader.TokenType == JsonTokenType.String && reader.TryGetBytesFromBase64(out value));
    }
}
