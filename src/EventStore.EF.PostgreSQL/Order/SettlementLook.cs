namespace EventStore.EF.PostgreSQL.Order;

/// <summary>The result of one look at the database, in this order.</summary>
/// <param name="Identity">The server, and the incarnation of the store, that answered.</param>
/// <param name="Highest">The highest position visible as a committed row.</param>
/// <param name="Holders">The transactions that held the store's lock afterwards.</param>
internal sealed record SettlementLook(string Identity, long Highest, IReadOnlyList<LockHolder> Holders)
{
    /// <summary>Whether each holder tells the position that all of its own follow. For a moment while it ends, it doesn't.</summary>
    public bool IsComplete => Holders.All(holder => holder.After is not null);

    /// <summary>
    /// A position that this look alone proves settled: an open transaction that was given a lower one would have told so. 0 if a holder
    /// doesn't tell.
    /// </summary>
    public long Settled => IsComplete ? Holders.Select(holder => holder.After!.Value).Append(Highest).Min() : 0;
}

/// <summary>A transaction that holds the store's lock.</summary>
/// <param name="VirtualTransaction">The virtual transaction id.</param>
/// <param name="Pid">Its server process; <see langword="null"/> once it is prepared.</param>
/// <param name="After">Every position it has taken, or will take, is higher; <see langword="null"/> while it doesn't tell.</param>
internal readonly record struct LockHolder(string VirtualTransaction, int? Pid, long? After = null);
