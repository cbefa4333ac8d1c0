using Npgsql;

namespace EventStore.EF.PostgreSQL;

/// <summary>The connection as Npgsql's own.</summary>
internal static class NpgsqlConnections
{
    public static NpgsqlConnection Npgsql(this StoreConnection connection) => (NpgsqlConnection)connection.Connection;
}
