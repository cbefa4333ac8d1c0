namespace EventStore.EF.Faults;

/// <summary>What a run was asked for.</summary>
/// <param name="Duration">How long faults are made.</param>
/// <param name="Seed">From which all chance follows.</param>
/// <param name="Provider">The database.</param>
/// <param name="Faults">Which faults; they take turns.</param>
/// <param name="Without">The safeguard that the store is to do without, if any.</param>
/// <param name="Keep">Where the history is copied to, if anywhere.</param>
internal sealed record RunOptions(TimeSpan Duration, int Seed, Provider Provider, IReadOnlyList<Fault> Faults, string? Without = null, DirectoryInfo? Keep = null);
