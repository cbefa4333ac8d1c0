using System.Data.Common;
using EventStore.EF.Schema;
using EventStore.EF.Storage.Sql;

namespace EventStore.EF.Operations;

/// <summary>A row of <see cref="OperationsStatements.Subscriptions"/>.</summary>
internal sealed record PartitionRow
{
    public required string Name { get; init; }

    public required string Stream { get; init; }

    public required int Partition { get; init; }

    public required long Position { get; init; }

    public required long Epoch { get; init; }

    public string? Owner { get; init; }

    public DateTimeOffset? LeaseExpiresAt { get; init; }

    public required bool IsPaused { get; init; }

    public required bool IsCovered { get; init; }

    public string? Handles { get; init; }

    public string? LastError { get; init; }

    public DateTimeOffset? LastErrorAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required bool IsSuspected { get; init; }

    /// <summary>Whether the lease has not expired.</summary>
    public required bool IsLeased { get; init; }

    public required int ParkedCount { get; init; }

    public DateTimeOffset? FirstParkedAt { get; init; }

    public string? FirstParkedError { get; init; }

    /// <summary>The version of the stream; <see langword="null"/> if there is none, or if the subscription reads all events.</summary>
    public long? StreamVersion { get; init; }

    /// <summary>Whether the position is one of the stream that has the name now.</summary>
    public bool IsOfStream { get; init; }

    /// <summary>The creation time of the stream's first event after the position.</summary>
    public DateTimeOffset? StreamSince { get; init; }

    public bool ReadsAll => Stream == EventStoreModel.All;

    public bool IsOwned => Owner is not null && IsLeased;

    /// <summary>The position in the stream that has the name now: of an earlier one, nothing counts.</summary>
    public long Place => ReadsAll || IsOfStream || StreamVersion is null ? Position : 0;

    public static PartitionRow Read(DbDataReader reader) => new()
    {
        Name = reader.GetString(0),
        Stream = reader.GetString(1),
        Partition = reader.GetInt32(2),
        Position = reader.GetInt64(3),
        Epoch = reader.GetInt64(4),
        Owner = Text(reader, 5),
        LeaseExpiresAt = Time(reader, 6),
        IsPaused = reader.GetBoolean(7),
        IsCovered = reader.GetBoolean(8),
        Handles = Text(reader, 9),
        LastError = Text(reader, 10),
        LastErrorAt = Time(reader, 11),
        CreatedAt = StoredTime.Read(reader, 12),
        IsSuspected = reader.GetBoolean(13),
        IsLeased = reader.GetBoolean(14),
        ParkedCount = (int)reader.GetInt64(15),
        FirstParkedAt = Time(reader, 16),
        FirstParkedError = Text(reader, 17),
        StreamVersion = reader.IsDBNull(18) ? null : reader.GetInt64(18),
        IsOfStream = !reader.IsDBNull(19) && reader.GetBoolean(19),
        StreamSince = Time(reader, 20),
    };

    private static string? Text(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static DateTimeOffset? Time(DbDataReader reader, int column)
        => reader.IsDBNull(column) ? null : StoredTime.Read(reader, column);
}
