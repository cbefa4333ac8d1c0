using Npgsql;

namespace EventStore.EF.PostgreSQL.Connections;

/// <summary>
/// Requires a pool large enough for the store. In a smaller one its operations would wait for each other until one times out.
/// </summary>
internal static class PoolCheck
{
    /// <exception cref="ArgumentException">The pool is too small.</exception>
    public static void Check(NpgsqlConnectionStringBuilder settings, PoolNeed need, string parameter)
    {
        if (!settings.Pooling || need.PoolSize >= need.Minimum)
            return;

        var background = need.IsShared
            ? $", and {need.Minimum - PoolNeed.Callers} for its background work, which shares the data source's pool"
            : "";
        throw new ArgumentException(
            $"Maximum Pool Size is {need.PoolSize} in the argument of UsePostgreSql, but the event store needs at least {need.Minimum}: " +
            $"{PoolNeed.Callers} for callers who append, wait for a lock and read{background}. Raise it to {need.Minimum} or more, " +
            "or remove it to use Npgsql's default of 100.", parameter);
    }
}
