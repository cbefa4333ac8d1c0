using System.Text.Json;
using System.Text.Json.Serialization;

namespace EventStore.EF;

/// <summary>Lets a converter of a value serve an optional member, as System.Text.Json does.</summary>
/// <remarks>That of System.Text.Json would ask the context for metadata of the value's type, which may occur in this member only.</remarks>
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
