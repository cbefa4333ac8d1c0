namespace EventStore.EF;

/// <summary>
/// Rules that prevent the loss of events. All are on; only the fault kit turns one off, to prove that it detects what the rule prevents.
/// </summary>
internal static class Safeguards
{
    /// <summary>The store's own connections and background work inherit nothing from the caller that happens to start them.</summary>
    internal static bool AmbientState { get; set; } = true;

    /// <summary>A subscription that starts at the end starts at a settled position.</summary>
    internal static bool SettledStart { get; set; } = true;

    /// <summary>SQLite: the store detects that its file was restored, replaced or deleted.</summary>
    internal static bool FileIdentity { get; set; } = true;

    /// <summary>A checkpoint is fenced by the definition of what the subscription handles.</summary>
    internal static bool DefinitionFence { get; set; } = true;

    /// <summary>
    /// After an unexpected exception, nothing more is acknowledged until the partition has restarted from its checkpoint, and a stop is
    /// recorded before anything more is handled.
    /// </summary>
    internal static bool AcknowledgementFence { get; set; } = true;

    /// <summary>An event that is alone in flight when the process ends uncleanly is counted as the suspect.</summary>
    internal static bool CrashCounting { get; set; } = true;
}
