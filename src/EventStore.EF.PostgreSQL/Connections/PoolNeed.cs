using Npgsql;

namespace EventStore.EF.PostgreSQL.Connections;

/// <summary>The number of connections that a store needs, and how it divides the ones it has.</summary>
/// <param name="PoolSize">The maximum size of the pool for callers' work.</param>
/// <param name="IsShared">Whether background work uses that pool too, because it belongs to the application's data source.</param>
internal readonly record struct PoolNeed(int PoolSize, bool IsShared)
{
    /// <summary>
    /// The maximum size of the pool for background work: notifications, heartbeat, tail reader, proof, stream watch, and announcements.
    /// </summary>
    public const int Background = 8;

    /// <summary>The number of connections that background work keeps open in a shared pool.</summary>
    public const int Kept = 4;

    /// <summary>One connection to append, one to wait for a lock, one to read.</summary>
    public const int Callers = 3;

    /// <summary>The smallest <c>Maximum Pool Size</c> that works.</summary>
    public int Minimum => IsShared ? Callers + Kept + 1 : Callers;

    /// <summary>The number of callers' writes that may wait for locks at the server at a time: at most a third of the pool.</summary>
    public int LockWaiters => Math.Max(1, PoolSize / 3);

    public static PoolNeed Of(NpgsqlConnectionStringBuilder connection, bool isShared) => new(connection.MaxPoolSize, isShared);
}
