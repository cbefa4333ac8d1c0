using System.ComponentModel;
using System.Text.Json;

namespace EventStore.EF;

/// <summary>The options with which events are written as JSON: camelCase names, otherwise the defaults of System.Text.Json.</summary>
/// <remarks>
/// The generated serializers are compiled for exactly these options. An encoder, converters or another naming policy would disable their
/// fast path and change the stored format.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class EventJsonOptions
{
    /// <summary>
    /// The depth beyond which JSON can't be read back (the default of System.Text.Json), and therefore isn't written either: 64.
    /// </summary>
    internal const int MaxDepth = 64;

    /// <summary>Creates options; a generated context completes and owns them.</summary>
    public static JsonSerializerOptions Create() => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,

#if NET9_0_OR_GREATER
        // Set explicitly, because application-wide switches would otherwise decide, and old events may lack members that are required now.
        RespectNullableAnnotations = false,
        RespectRequiredConstructorParameters = false,
#endif
    };
}
