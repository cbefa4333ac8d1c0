using Npgsql;

namespace EventStore.EF.Benchmarks;

/// <summary>What the floor reads of an event: all of its row.</summary>
internal sealed record FloorEvent(
    long Position, string Stream, long Version, Guid Id, string Type, int SchemaVersion, byte[] Data, byte[]? Metadata, Guid? CorrelationId, Guid? CausationId, DateTime CreatedAt)
{
    public static FloorEvent Of(NpgsqlDataReader reader) => new(
        reader.GetInt64(0),
        reader.GetString(1),
        reader.GetInt64(2),
        reader.GetGuid(3),
        reader.GetString(4),
        reader.GetInt32(5),
        reader.GetFieldValue<byte[]>(reader.IsDBNull(6) ? 7 : 6),
        reader.IsDBNull(8) ? null : reader.GetFieldValue<byte[]>(8),
        reader.IsDBNull(9) ? null : reader.GetGuid(9),
        reader.IsDBNull(10) ? null : reader.GetGuid(10),
        reader.GetDateTime(11));
}
