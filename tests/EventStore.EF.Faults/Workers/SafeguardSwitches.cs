namespace EventStore.EF.Faults;

/// <summary>The safeguards that a run can do without, by the names that the command line has.</summary>
internal static class SafeguardSwitches
{
    private static readonly Dictionary<string, Action> Switches = new()
    {
        ["ambient-state"] = () => Safeguards.AmbientState = false,
        ["settled-start"] = () => Safeguards.SettledStart = false,
        ["file-identity"] = () => Safeguards.FileIdentity = false,
        ["definition-fence"] = () => Safeguards.DefinitionFence = false,
        ["acknowledgement-fence"] = () => Safeguards.AcknowledgementFence = false,
        ["crash-counting"] = () => Safeguards.CrashCounting = false,
    };

    public static IReadOnlyCollection<string> Names => Switches.Keys;

    /// <summary>Takes a safeguard back in this process.</summary>
    public static void Remove(string name) => Switches[name]();
}
