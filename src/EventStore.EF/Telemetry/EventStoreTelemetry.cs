namespace EventStore.EF;

/// <summary>
/// The names under which the store traces and measures, for <c>AddSource</c> and <c>AddMeter</c> of OpenTelemetry and for other listeners.
/// </summary>
public static class EventStoreTelemetry
{
    /// <summary>The name of the activity source: spans of appends, of handling events, and of loading states.</summary>
    public const string ActivitySourceName = "EventStore.EF";

    /// <summary>The name of the meter. Each host has its own, from its meter factory.</summary>
    public const string MeterName = "EventStore.EF";
}
