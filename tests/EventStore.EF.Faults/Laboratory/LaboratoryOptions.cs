namespace EventStore.EF.Faults;

/// <summary>What a laboratory is to have.</summary>
/// <param name="Seed">From which all chance follows.</param>
/// <param name="Duration">How long the experiment lasts, which decides how much room it needs.</param>
/// <param name="HasVolume">The database lies on a small file system of its own.</param>
/// <param name="HasStandby">Clients know two places at which the server may be.</param>
/// <param name="HasPgBouncer">Some of the processes connect through PgBouncer.</param>
/// <param name="Lease">How long a subscription stays with a process that says nothing.</param>
/// <param name="Without">The safeguard that the store is to do without, if any.</param>
internal sealed record LaboratoryOptions(
    int Seed, TimeSpan Duration, bool HasVolume, bool HasStandby, bool HasPgBouncer, TimeSpan Lease, string? Without = null);
