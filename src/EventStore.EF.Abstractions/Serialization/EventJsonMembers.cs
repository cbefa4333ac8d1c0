using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace EventStore.EF;

/// <summary>
/// Writes single members for generated writers. Each type has a separately named method: <see cref="Utf8JsonWriter"/> has dozens of
/// overloads, and choosing among them is most of the compiler's work on generated code. Generated code calls this; applications don't.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class EventJsonMembers
{
    /// <summary>A member's name, encoded once.</summary>
    public static JsonEncodedText Name(string name) => JsonEncodedText.Encode(name);

    /// <summary>Writes a member of exactly this type.</summary>
    /// <param name="writer">A writer positioned in an object.</param>
    /// <param name="name">The member's name.</param>
    /// <param name="value">Its value.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteText(Utf8JsonWriter writer, JsonEncodedText name, string? value) => writer.WriteString(name, value);

    /// <inheritdoc cref="WriteText"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteChar(Utf8JsonWriter writer, JsonEncodedText name, char value)
        => writer.WriteString(name, new ReadOnlySpan<char>(in value));

    /// <inheritdoc cref="WriteText"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteBoolean(Utf8JsonWriter writer, JsonEncodedText name, bool value) => writer.WriteBoolean(name, value);

    /// <inheritdoc cref="WriteText"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteInt32(Utf8JsonWriter writer, JsonEncodedText name, int value) => writer.WriteNumber(name, value);

    /// <inheritdoc cref="WriteText"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteUInt32(Utf8JsonWriter writer, JsonEncodedText name, uint value) => writer.WriteNumber(name, value);

    /// <inheritdoc cref="WriteText"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteInt64(Utf8JsonWriter writer, JsonEncodedText name, long value) => writer.WriteNumber(name, value);

    /// <inheritdoc cref="WriteText"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteUInt64(Utf8JsonWriter writer, JsonEncodedText name, ulong value) => writer.WriteNumber(name, value);

    /// <inheritdoc cref="WriteText"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteSingle(Utf8JsonWriter writer, JsonEncodedText name, float value) => writer.WriteNumber(name, value);

    /// <inheritdoc cref="WriteText"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteDouble(Utf8JsonWriter writer, JsonEncodedText name, double value) => writer.WriteNumber(name, value);

    /// <inheritdoc cref="WriteText"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteDecimal(Utf8JsonWriter writer, JsonEncodedText name, decimal value) => writer.WriteNumber(name, value);

    /// <inheritdoc cref="WriteText"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteGuid(Utf8JsonWriter writer, JsonEncodedText name, Guid value) => writer.WriteString(name, value);

    /// <inheritdoc cref="WriteText"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteDateTime(Utf8JsonWriter writer, JsonEncodedText name, DateTime value) => writer.WriteString(name, value);

    /// <inheritdoc cref="WriteText"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteDateTimeOffset(Utf8JsonWriter writer, JsonEncodedText name, DateTimeOffset value)
        => writer.WriteString(name, value);
}
