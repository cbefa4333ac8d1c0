using System.Data.Common;
using EventStore.EF.Schema;

namespace EventStore.EF.Storage.Sql;

/// <summary>The heartbeat's view of one partition.</summary>
/// <param name="Id">The row's id.</param>
/// <param name="Key">The partition and its subscription.</param>
/// <param name="Epoch">The epoch of the current owner.</param>
/// <param name="Owner">The process that owns it, if any.</param>
/// <param name="IsPaused">Whether the subscription is paused.</param>
/// <param name="Replays">Counts the requested changes to its parked events.</param>
/// <param name="RequestedBy">The process that requests it, if any.</param>
/// <param name="Definition">The number of the definition.</param>
/// <param name="IsCovered">Whether the owner handles the whole definition.</param>
/// <param name="Partitions">The number of partitions of the subscription.</param>
/// <param name="IsFree">Whether this process may take it.</param>
/// <param name="ExpiresIn">The time until its lease expires, by the database's clock; <see langword="null"/> without a lease.</param>
/// <param name="LeaseMark">The end of its lease as text, which each renewal changes. <see langword="null"/> without a lease.</param>
/// <param name="LeaseDuration">The duration of its owner's lease; <see langword="null"/> before the first owner.</param>
internal sealed record SubscriptionRow(
    long Id, SubscriptionKey Key, long Epoch, string? Owner, bool IsPaused, long Replays, string? RequestedBy,
    long Definition, bool IsCovered, int Partitions, bool IsFree, TimeSpan? ExpiresIn, string? LeaseMark, TimeSpan? LeaseDuration)
{
    /// <summary>The columns of the table, in this order; database-specific expressions for the last four follow them.</summary>
    public const string Columns =
        "id, name, stream, \"partition\", epoch, owner, is_paused, replays, requested_by, definition, is_covered, partitions";

    /// <param name="reader">A reader positioned on a row.</param>
    public static SubscriptionRow Read(DbDataReader reader) => new(
        reader.GetInt64(0), new(reader.GetString(1), reader.GetString(2), reader.GetInt32(3)), reader.GetInt64(4), Text(reader, 5),
        reader.GetBoolean(6), reader.GetInt64(7), Text(reader, 8), reader.GetInt64(9), reader.GetBoolean(10),
        reader.GetInt32(11), reader.GetBoolean(12), Seconds(reader, 13), Text(reader, 14), Seconds(reader, 15));

    private static TimeSpan? Seconds(DbDataReader reader, int column)
        => reader.IsDBNull(column) ? null : TimeSpan.FromSeconds(reader.GetDouble(column));

    private static string? Text(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
