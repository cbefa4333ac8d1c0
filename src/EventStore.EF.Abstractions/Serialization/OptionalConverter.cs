using System.Text.Json;
using System.Text.Json.Serialization;

namespace EventStore.EF;

/// <summary>Applies the converter of a value type to an optional member, as System.Text.Json does.</summary>
/// <remarks>
/// The converter of System.Text.Json would ask the context for metadata of the value's type, which may occur only in this member.
/// </remarks>
internal sealed class OptionalConverter<T>(JsonConverter<T> converter) : JsonConverter<T?>
    where T : struct
{
    public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => reader.TokenType == JsonTokenType.Null ? null : converter.Read(ref reader, typeof(T), options);

    public override void Write(Utf8JsonWriter writer, T? value, JsonSerializerOptions options)
    {
        if (value is { } present)
            converter.Write(writer, present, options);
        else
            writer.WriteNullValue();
    }
}
