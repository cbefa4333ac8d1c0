using System.Diagnostics;

namespace EventStore.EF.Telemetry;

/// <summary>The span of loading a state: reading a snapshot and the events after it.</summary>
internal static class LoadSpan
{
    /// <summary>Starts the span; <see langword="null"/> if nobody wants it.</summary>
    /// <param name="state">The name of the state's type.</param>
    /// <param name="stream">The stream, if it may be named.</param>
    public static Activity? Start(string state, string? stream)
    {
        Tracing.LeaveWhatIsOver();
        return Tracing.Source.StartActivity($"load {state}")?.SetTag(TagNames.State, state).SetTag(TagNames.Stream, stream);
    }

    /// <summary>Adds what was loaded.</summary>
    /// <param name="span">The span.</param>
    /// <param name="version">The version of the stream.</param>
    /// <param name="folded">The number of events that were folded.</param>
    /// <param name="isFromSnapshot">Whether a snapshot was used.</param>
    public static void Succeed(Activity span, long version, int folded, bool isFromSnapshot)
        => span.SetTag(TagNames.StreamVersion, version).SetTag(TagNames.EventsFolded, folded).SetTag(TagNames.SnapshotHit, isFromSnapshot);
}
