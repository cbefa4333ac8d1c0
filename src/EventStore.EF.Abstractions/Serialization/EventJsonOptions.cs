using System.ComponentModel;
using System.Text.Json;

namespace EventStore.EF;

/// <summary>The one place that says how events are written as JSON: camelCase names, otherwise the defaults of System.Text.Json.</summary>
/// <remarks>
/// The generated serializers are compiled for exactly these options. An encoder, converters or another naming policy would switch
/// their fast path off, and change what is stored.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class EventJsonOptions
{
    /// <summary>Depth beyond which JSON isn't read back (the default of System.Text.Json), and therefore not written either: 64.</summary>
    internal const int MaxDepth = 64;

    /// <summary>New options; a generated context completes and owns them.</summary>
    public static JsonSerializerOptions Create() => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,

        // Said outright, because switches of the application would decide it otherwise, and old events may lack what is required now.
        RespectNullableAnnotations = false,
        RespectRequiredConstructorParameters = false,
    };
}
