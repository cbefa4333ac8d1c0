namespace EventStore.EF;

/// <summary>
/// Rules that keep events from being lost. All are on; only the fault kit switches one off, to prove that it finds what the rule prevents.
/// </summary>
internal static class Safeguards
{
    /// <summary>The store's own connections and background work take over nothing from the caller who happens to start them.</summary>
    internal static bool AmbientState { get; set; } = true;

    /// <summary>A subscription that starts at the end starts at a settled position.</summary>
    internal static bool SettledStart { get; set; } = true;

    /// <summary>SQLite: the store notices that its file was restored, exchanged or deleted.</summary>
    internal static bool FileIdentity { get; set; } = true;

    /// <summary>A checkpoint is fenced by the definition of what the subscription handles.</summary>
    internal static bool DefinitionFence { get; set; } = true;

    /// <summary>
    /// After an unexpected exception nothing more is acknowledged until the partition has started again at its checkpoint, and a stop is recorded
    /// before anything more is handled.
    /// </summary>
    internal static bool AcknowledgementFence { get; set; } = true;

    /// <summary>An event that is alone in flight when the process ends uncleanly is counted as the suspect.</summary>
    internal static bool CrashCounting { get; set; } = true;
}
