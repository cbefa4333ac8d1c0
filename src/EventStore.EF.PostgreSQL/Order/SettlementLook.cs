namespace EventStore.EF.PostgreSQL;

/// <summary>What one look at the database saw, in this order.</summary>
/// <param name="Identity">Which server, and which life of the store, answered.</param>
/// <param name="Highest">The highest position visible as a committed row.</param>
/// <param name="Holders">Who held the store's lock afterwards.</param>
internal sealed record SettlementLook(string Identity, long Highest, IReadOnlyList<LockHolder> Holders);

/// <summary>A transaction that holds the store's lock.</summary>
/// <param name="VirtualTransaction">Which transaction.</param>
/// <param name="Pid">Its server process; <see langword="null"/> once it is prepared.</param>
internal readonly record struct LockHolder(string VirtualTransaction, int? Pid);
