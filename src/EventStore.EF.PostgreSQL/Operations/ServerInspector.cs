using EventStore.EF.PostgreSQL.Connections;
using EventStore.EF.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Operations;

/// <summary>Asks the server what an operator wants to know, in one round trip.</summary>
internal sealed class ServerInspector(
    IDbContextFactory<EventStoreDbContext> contexts, BackgroundConnections background, SchemaName schema)
{
    private IReadOnlyCollection<string>? _indexes;

    public async Task<ServerInspection> RunAsync(CancellationToken ct)
    {
        await using var connection = await background.OpenAsync(ct).ConfigureAwait(false);
        await using var batch = new NpgsqlBatch(connection.Npgsql());
        foreach (var statement in (string[])
            [ServerStatements.Facts, ServerStatements.Indexes, ServerStatements.Triggers, ServerStatements.DeadRows,
             ServerStatements.AbandonedSlots])
        {
            batch.BatchCommands.Add(new(schema.In(statement)));
        }

        await using var reader = await batch.ExecuteReaderAsync(ct).ConfigureAwait(false);
        await reader.ReadAsync(ct).ConfigureAwait(false);
        var facts = ServerFacts.Read(reader);
        var indexes = await ReadStatesAsync(reader, ct).ConfigureAwait(false);
        var triggers = await ReadStatesAsync(reader, ct).ConfigureAwait(false);
        await reader.NextResultAsync(ct).ConfigureAwait(false);
        (long, long)? streams = await reader.ReadAsync(ct).ConfigureAwait(false) ? (reader.GetInt64(0), reader.GetInt64(1)) : null;
        await reader.NextResultAsync(ct).ConfigureAwait(false);
        var slots = new List<(string, long)>();
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
            slots.Add((reader.GetString(0), reader.GetInt64(1)));

        _indexes ??= await ExpectedIndexesAsync(ct).ConfigureAwait(false);
        return new(
            facts.Version, facts.StoreBytes,
            [
                ServerRules.Engine(facts), ServerRules.Positions(facts, schema.Value),
                .. triggers.Count == 0 && indexes.Count == 0 ? [] : ServerRules.Guards(facts, _indexes, indexes, triggers),
                .. ServerRules.Vacuum(facts, streams), .. ServerRules.Durability(facts), ServerRules.Primary(facts),
                ServerRules.Connections(facts), .. ServerRules.Slots(slots),
            ]);
    }

    private static async Task<Dictionary<string, bool>> ReadStatesAsync(NpgsqlDataReader reader, CancellationToken ct)
    {
        await reader.NextResultAsync(ct).ConfigureAwait(false);
        var states = new Dictionary<string, bool>(StringComparer.Ordinal);
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
            states[reader.GetString(0)] = reader.GetBoolean(1);

        return states;
    }

    /// <summary>The names of the model's indexes; PostgreSQL's are the same in every schema.</summary>
    private async Task<IReadOnlyCollection<string>> ExpectedIndexesAsync(CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct).ConfigureAwait(false);
        return
        [
            .. context.Model.GetEntityTypes()
                .SelectMany(entity => entity.GetIndexes().Select(index => index.GetDatabaseName())
                    .Concat(entity.GetKeys().Select(key => key.GetName())))
                .OfType<string>().Distinct(StringComparer.Ordinal),
        ];
    }
}
