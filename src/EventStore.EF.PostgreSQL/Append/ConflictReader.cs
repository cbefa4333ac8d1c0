using System.Data;
using System.Data.Common;
using EventStore.EF.PostgreSQL.Connections;
using EventStore.EF.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace EventStore.EF.PostgreSQL.Append;

/// <summary>Finds out why a write was refused.</summary>
internal sealed class ConflictReader(IDbContextFactory<EventStoreDbContext> contexts, SchemaName schema)
{
    private readonly ConflictStatements _statements = new(schema);

    public async Task<WriteInspection> InspectAsync(IReadOnlyList<StreamPlan> plans, DbTransaction? transaction, CancellationToken ct)
    {
        await using var store = await StoreConnection.OpenAsync(contexts, transaction, ct).ConfigureAwait(false);
        var connection = store.Npgsql();

        // The ids first: an event appended in between then shows at least in the version, and the write is tried again.
        var standing = await StandingAsync(connection, plans, ct).ConfigureAwait(false);
        var links = new Dictionary<StreamPlan, (List<StandingEvent> Standing, Guid? Unknown)>();
        foreach (var plan in plans.OfType<LinkPlan>())
            links.Add(plan, await LinksAsync(connection, plan, ct).ConfigureAwait(false));

        var streams = await StreamsAsync(connection, plans, ct).ConfigureAwait(false);
        return new([.. plans.Select(Inspection)], IsSnapshot(transaction));

        StreamInspection Inspection(StreamPlan plan)
        {
            var (version, isDeleted, last) = streams.TryGetValue(plan.Stream.Value, out var stream)
                ? ((long?)stream.Version, stream.IsDeleted, stream.LastNumber)
                : (null, false, 0);
            return links.TryGetValue(plan, out var link)
                ? new(version, isDeleted, link.Standing, link.Unknown, last)
                : new(version, isDeleted, [.. plan.Ids.Where(standing.ContainsKey).Select(id => standing[id])], null, last);
        }
    }

    /// <summary>Whether all statements of the transaction see the store as of the transaction's start.</summary>
    private static bool IsSnapshot(DbTransaction? transaction)
        => transaction?.IsolationLevel is IsolationLevel.RepeatableRead or IsolationLevel.Serializable or IsolationLevel.Snapshot;

    private async Task<Dictionary<Guid, StandingEvent>> StandingAsync(
        NpgsqlConnection connection, IReadOnlyList<StreamPlan> plans, CancellationToken ct)
    {
        var found = new Dictionary<Guid, StandingEvent>();
        Guid[] ids = [.. plans.OfType<AppendPlan>().SelectMany(plan => plan.Ids)];
        if (ids.Length == 0)
            return found;

        await using var command = new NpgsqlCommand(_statements.Events, connection)
        {
            Parameters = { Parameters.Array(NpgsqlDbType.Uuid, ids) },
        };
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
        {
            var @event = new StandingEvent(reader.GetGuid(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3));
            found.Add(@event.Id, @event);
        }

        return found;
    }

    private async Task<(List<StandingEvent> Standing, Guid? Unknown)> LinksAsync(
        NpgsqlConnection connection, LinkPlan plan, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(_statements.Links, connection)
        {
            Parameters = { Parameters.Array(NpgsqlDbType.Uuid, plan.EventIds.ToArray()), Parameters.Text(plan.Stream.Value) },
        };
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        var standing = new List<StandingEvent>();
        Guid? unknown = null;
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
        {
            if (reader.IsDBNull(1))
                unknown ??= reader.GetGuid(0);
            else if (!reader.IsDBNull(2))
                standing.Add(new(reader.GetGuid(0), plan.Stream.Value, reader.GetInt64(2), reader.GetInt64(1), reader.GetBoolean(3)));
        }

        return (standing, unknown);
    }

    private async Task<Dictionary<string, (long Version, bool IsDeleted, long LastNumber)>> StreamsAsync(
        NpgsqlConnection connection, IReadOnlyList<StreamPlan> plans, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(_statements.Streams, connection)
        {
            Parameters = { Parameters.Array(NpgsqlDbType.Text, plans.Select(plan => plan.Stream.Value).ToArray()) },
        };
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        var streams = new Dictionary<string, (long, bool, long)>(StringComparer.Ordinal);
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
            streams.Add(reader.GetString(0), (reader.GetInt64(1), reader.GetBoolean(2), reader.GetInt64(3)));

        return streams;
    }
}
