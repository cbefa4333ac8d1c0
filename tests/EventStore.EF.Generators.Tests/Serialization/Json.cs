using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace EventStore.EF.Generators.Tests.Serialization;

/// <summary>The two serializers that are compared: the generated one, and that of System.Text.Json by reflection.</summary>
internal static class Json
{
    public static readonly EventCatalog Catalog = EventCatalog.Of(typeof(Json).Assembly);

    public static readonly JsonSerializerOptions Reflection = new(EventJsonOptions.Create()) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    public static JsonTypeInfo Generated(Type type)
        => Catalog.Find(type)?.JsonTypeInfo ?? throw new InvalidOperationException($"{type} is in no catalog.");

    /// <summary>The text that comes out, or the exception.</summary>
    public static Outcome Write(object value, JsonTypeInfo? generated) => Outcome.Of(() => Encoding.UTF8.GetString(generated is null
        ? JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), Reflection)
        : JsonSerializer.SerializeToUtf8Bytes(value, generated)));

    /// <summary>The value that comes out, as reflection writes it, or the exception.</summary>
    public static Outcome Read(string json, Type type, JsonTypeInfo? generated) => Read(
        json, type, utf8 => generated is null ? JsonSerializer.Deserialize(utf8, type, Reflection) : JsonSerializer.Deserialize(utf8, generated));

    /// <summary>The same as the store reads it: by the straight-line reader where there is one.</summary>
    public static Outcome ReadStored(string json, Type type) => Read(json, type, utf8 => Catalog.Find(type)!.Deserialize(utf8));

    private static Outcome Read(string json, Type type, Func<byte[], object?> read) => Outcome.Of(() =>
    {
        var value = read(Encoding.UTF8.GetBytes(json));
        return value is null ? "null" : Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(value, type, Reflection)) + State.Of(value);
    });
}
