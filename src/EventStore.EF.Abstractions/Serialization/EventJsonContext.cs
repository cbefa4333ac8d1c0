using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace EventStore.EF;

/// <summary>The serializers of one assembly's events. The generator derives from this; applications don't.</summary>
/// <remarks>Only a <see cref="JsonSerializerContext"/> is allowed generated writers; a plain resolver falls back to metadata.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class EventJsonContext : JsonSerializerContext, IJsonTypeInfoResolver
{
    private static readonly JsonSerializerOptions Compiled = EventJsonOptions.Create();

    /// <summary>Makes the context with options of its own: <see cref="EventJsonOptions"/>.</summary>
    protected EventJsonContext()
        : base(EventJsonOptions.Create())
    {
    }

    /// <summary>The options that the generated writers are compiled for.</summary>
    protected sealed override JsonSerializerOptions? GeneratedSerializerOptions => Compiled;

    /// <summary>The metadata of <paramref name="type"/>, or <see langword="null"/> when no event of the assembly contains it.</summary>
    public sealed override JsonTypeInfo? GetTypeInfo(Type type) => Options.TryGetTypeInfo(type, out var info) ? info : null;

    JsonTypeInfo? IJsonTypeInfoResolver.GetTypeInfo(Type type, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(type);
        var info = Create(type, options) ?? BuiltInJson.Create(type, options);
        info?.OriginatingResolver = this;
        return info;
    }

    /// <summary>Makes the metadata of a type of the assembly's events; <see langword="null"/> for others.</summary>
    protected abstract JsonTypeInfo? Create(Type type, JsonSerializerOptions options);

    /// <summary>Writes a value by its metadata, where no straight-line writer was generated.</summary>
    public void Write<T>(Utf8JsonWriter writer, T value)
    {
        // The options would look the type up each time; a type stands in one context, seldom in two.
        var known = Known<T>.Last;
        if (known is null || known.Context != this)
            Known<T>.Last = known = new(this, (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T)));
        JsonSerializer.Serialize(writer, value, known.Info);
    }

    private sealed record Known<T>(EventJsonContext Context, JsonTypeInfo<T> Info)
    {
        public static Known<T>? Last { get; set; }
    }
}
