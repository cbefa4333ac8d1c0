using Npgsql;

namespace EventStore.EF.PostgreSQL;

/// <summary>How many connections a store needs, and how it divides those that it has.</summary>
/// <param name="PoolSize">The most connections that the pool of its callers' work holds.</param>
/// <param name="IsShared">Whether its background work uses that pool too, because it is the pool of a data source of the application's.</param>
internal readonly record struct PoolNeed(int PoolSize, bool IsShared)
{
    /// <summary>The most connections of the pool of the background work: notifications, heartbeat, tail reader, proof, stream watch, and announcements.</summary>
    public const int Background = 8;

    /// <summary>How many the background work keeps open in a shared pool.</summary>
    public const int Kept = 4;

    /// <summary>One that appends, one that waits for a lock, one that reads.</summary>
    public const int Callers = 3;

    /// <summary>The smallest pool that works: <c>Maximum Pool Size</c> must not be less.</summary>
    public int Minimum => IsShared ? Callers + Kept + 1 : Callers;

    /// <summary>How many of the callers' writes wait for locks at the server at a time: a third of the pool at most.</summary>
    public int LockWaiters => Math.Max(1, PoolSize / 3);

    public static PoolNeed Of(NpgsqlConnectionStringBuilder connection, bool isShared) => new(connection.MaxPoolSize, isShared);
}
