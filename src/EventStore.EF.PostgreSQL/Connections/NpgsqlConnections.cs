using EventStore.EF.Storage;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Connections;

/// <summary>Gives access to the Npgsql connection of a store's connection.</summary>
internal static class NpgsqlConnections
{
    public static NpgsqlConnection Npgsql(this StoreConnection connection) => (NpgsqlConnection)connection.Connection;
}
