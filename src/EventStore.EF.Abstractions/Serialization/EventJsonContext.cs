using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace EventStore.EF;

/// <summary>The serializers of one assembly's events. The generator derives from this class; applications don't.</summary>
/// <remarks>Only a <see cref="JsonSerializerContext"/> may use generated writers; a plain resolver falls back to metadata.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class EventJsonContext : JsonSerializerContext, IJsonTypeInfoResolver
{
    private static readonly JsonSerializerOptions Compiled = EventJsonOptions.Create();

    /// <summary>Creates the context with its own options: <see cref="EventJsonOptions"/>.</summary>
    protected EventJsonContext()
        : base(EventJsonOptions.Create())
    {
    }

    /// <summary>The options for which the generated writers are compiled.</summary>
    protected sealed override JsonSerializerOptions? GeneratedSerializerOptions => Compiled;

    /// <summary>
    /// Returns the metadata of <paramref name="type"/>, or <see langword="null"/> if no event of the assembly contains it.
    /// </summary>
    public sealed override JsonTypeInfo? GetTypeInfo(Type type) => Options.TryGetTypeInfo(type, out var info) ? info : null;

    JsonTypeInfo? IJsonTypeInfoResolver.GetTypeInfo(Type type, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(type);
        var info = Create(type, options) ?? BuiltInJson.Create(type, options);
        info?.OriginatingResolver = this;
        return info;
    }

    /// <summary>Creates the metadata of a type of the assembly's events; <see langword="null"/> for other types.</summary>
    protected abstract JsonTypeInfo? Create(Type type, JsonSerializerOptions options);

    /// <summary>Writes a value with its metadata, if no writer was generated.</summary>
    public void Write<T>(Utf8JsonWriter writer, T value)
    {
        // The options would look up the type each time; a type is in one context, rarely in two.
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
