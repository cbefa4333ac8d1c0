namespace EventStore.EF.PostgreSQL;

/// <summary>What one look at the database saw, in this order.</summary>
/// <param name="Identity">Which server, and which life of the store, answered.</param>
/// <param name="Highest">The highest position visible as a committed row.</param>
/// <param name="Holders">Who held the store's lock afterwards.</param>
internal sealed record SettlementLook(string Identity, long Highest, IReadOnlyList<LockHolder> Holders)
{
    /// <summary>
    /// Whether each holder tells after which position its own come. For a moment while it ends it doesn't.
    /// </summary>
    public bool IsComplete => Holders.All(holder => holder.After is not null);

    /// <summary>
    /// A position that this look alone proves settled: whoever was given a lower one, and is still there, would have told so. 0 when a
    /// holder doesn't tell.
    /// </summary>
    public long Settled => IsComplete ? Holders.Select(holder => holder.After!.Value).Append(Highest).Min() : 0;
}

/// <summary>A transaction that holds the store's lock.</summary>
/// <param name="VirtualTransaction">Which transaction.</param>
/// <param name="Pid">Its server process; <see langword="null"/> once it is prepared.</param>
/// <param name="After">Every position that it has taken, or will take, is higher; <see langword="null"/> while it doesn't tell.</param>
internal readonly record struct LockHolder(string VirtualTransaction, int? Pid, long? After = null);
