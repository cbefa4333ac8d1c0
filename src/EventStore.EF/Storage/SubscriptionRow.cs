using System.Data.Common;

namespace EventStore.EF;

/// <summary>What the heartbeat sees of one partition.</summary>
/// <param name="Id">The row.</param>
/// <param name="Key">Which partition of which subscription.</param>
/// <param name="Epoch">Of the present owner.</param>
/// <param name="Owner">The process that owns it, if one does.</param>
/// <param name="IsPaused">Whether somebody has paused it.</param>
/// <param name="Replays">Counts the changes asked for among its parked events.</param>
/// <param name="RequestedBy">The process that asks for it, if one does.</param>
/// <param name="Definition">The number of what the subscription handles.</param>
/// <param name="IsCovered">Whether the owner handles all of it.</param>
/// <param name="Partitions">How many partitions the subscription has.</param>
/// <param name="IsFree">Whether this process may take it.</param>
/// <param name="ExpiresIn">When its lease runs out by the database's clock; <see langword="null"/> without one.</param>
/// <param name="LeaseMark">The end of its lease as text: each renewal changes it. <see langword="null"/> without a lease.</param>
/// <param name="LeaseDuration">For how long its owner takes and renews the lease; <see langword="null"/> before it had an owner.</param>
internal sealed record SubscriptionRow(
    long Id, SubscriptionKey Key, long Epoch, string? Owner, bool IsPaused, long Replays, string? RequestedBy,
    long Definition, bool IsCovered, int Partitions, bool IsFree, TimeSpan? ExpiresIn, string? LeaseMark, TimeSpan? LeaseDuration)
{
    /// <summary>The columns, in this order, from the table alone; the database's words for the last four come behind them.</summary>
    public const string Columns =
        "id, name, stream, \"partition\", epoch, owner, is_paused, replays, requested_by, definition, is_covered, partitions";

    /// <param name="reader">Stands on a row.</param>
    public static SubscriptionRow Read(DbDataReader reader) => new(
        reader.GetInt64(0), new(reader.GetString(1), reader.GetString(2), reader.GetInt32(3)), reader.GetInt64(4), Text(reader, 5),
        reader.GetBoolean(6), reader.GetInt64(7), Text(reader, 8), reader.GetInt64(9), reader.GetBoolean(10),
        reader.GetInt32(11), reader.GetBoolean(12), Seconds(reader, 13), Text(reader, 14), Seconds(reader, 15));

    private static TimeSpan? Seconds(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : TimeSpan.FromSeconds(reader.GetDouble(column));

    private static string? Text(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
