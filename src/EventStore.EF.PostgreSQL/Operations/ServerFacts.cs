using Npgsql;

namespace EventStore.EF.PostgreSQL.Operations;

/// <summary>A row of <see cref="ServerStatements.Facts"/>.</summary>
internal sealed record ServerFacts
{
    public required string Version { get; init; }

    public required int VersionNumber { get; init; }

    public required bool IsStandby { get; init; }

    public required bool IsReadOnly { get; init; }

    public required string Fsync { get; init; }

    public required string SynchronousCommit { get; init; }

    public required string FullPageWrites { get; init; }

    public required string ReplicationRole { get; init; }

    public required int MaxConnections { get; init; }

    public required int ReservedConnections { get; init; }

    public int? UsedConnections { get; init; }

    public int? OldestTransactionAge { get; init; }

    public required int FreezeMaxAge { get; init; }

    public long? SequenceCache { get; init; }

    public long? StoreBytes { get; init; }

    public static ServerFacts Read(NpgsqlDataReader reader) => new()
    {
        Version = reader.GetString(0),
        VersionNumber = reader.GetInt32(1),
        IsStandby = reader.GetBoolean(2),
        IsReadOnly = reader.GetBoolean(3),
        Fsync = reader.GetString(4),
        SynchronousCommit = reader.GetString(5),
        FullPageWrites = reader.GetString(6),
        ReplicationRole = reader.GetString(7),
        MaxConnections = reader.GetInt32(8),
        ReservedConnections = reader.GetInt32(9),
        UsedConnections = reader.IsDBNull(10) ? null : reader.GetInt32(10),
        OldestTransactionAge = reader.IsDBNull(11) ? null : reader.GetInt32(11),
        FreezeMaxAge = reader.GetInt32(12),
        SequenceCache = reader.IsDBNull(13) ? null : reader.GetInt64(13),
        StoreBytes = reader.IsDBNull(14) ? null : reader.GetInt64(14),
    };
}
