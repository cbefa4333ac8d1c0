using Npgsql;

namespace EventStore.EF.PostgreSQL;

/// <summary>
/// A pool that is smaller than what the store uses at a time lets its parts wait for each other, until one of them runs into a time-out.
/// </summary>
internal static class PoolCheck
{
    /// <exception cref="ArgumentException">The pool is smaller than the need.</exception>
    public static void Check(NpgsqlConnectionStringBuilder settings, PoolNeed need, string parameter)
    {
        if (!settings.Pooling || need.PoolSize >= need.Minimum)
            return;

        var background = need.IsShared ? $", and {need.Minimum - PoolNeed.Callers} for its background work, which shares the data source's pool" : "";
        throw new ArgumentException(
            $"Maximum Pool Size is {need.PoolSize} in what was given to UsePostgreSql, and the event store needs at least {need.Minimum}: " +
            $"{PoolNeed.Callers} for callers who append, wait for a lock and read{background}. Raise it to {need.Minimum} or more, or leave it " +
            "out for Npgsql's 100.", parameter);
    }
}
