using System.Data.Common;
using EventStore.EF.Errors;
using EventStore.EF.Operations.Checks;
using EventStore.EF.Schema;
using EventStore.EF.Storage;
using EventStore.EF.Storage.Sql;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Operations;

/// <summary>
/// Reads a <see cref="StoreReport"/>, part by part: a part that the database refuses, because a right or a table is missing, doesn't keep
/// the others from being read. If the database can't be reached, nothing is read.
/// </summary>
internal sealed class ReportReader(
    IStorage storage, BackgroundConnections background, IDbContextFactory<EventStoreDbContext> contexts, StoreDatabase database,
    TimeProvider time)
{
    private readonly OperationsStatements _statements = storage.Statements.Operations;
    private readonly SubscriptionReader _subscriptions = new(storage, background);
    private readonly SubscriptionHistory _history = new(time);
    private string[]? _migrations;
    private long? _engineCheckedIn;

    /// <summary>Reads the state of the schema, by one statement.</summary>
    public async Task<SchemaReport> ReadSchemaAsync(CancellationToken ct)
    {
        _migrations ??= await ReadKnownMigrationsAsync(ct).ConfigureAwait(false);
        var (applied, reason) = await ReadAppliedMigrationsAsync(ct).ConfigureAwait(false);
        return SchemaRules.Judge(database.Options.Schema, _migrations, applied, reason);
    }

    /// <summary>Reads everything. One call at a time.</summary>
    public async Task<StoreReport> ReadAsync(CancellationToken ct)
    {
        var asked = time.GetUtcNow();
        var readAt = await ReadClockAsync(ct).ConfigureAwait(false);
        var difference = StoreRules.Difference(asked, readAt, time.GetUtcNow());

        var schema = await ReadSchemaAsync(ct).ConfigureAwait(false);
        var (identity, noIdentity) = await TryAsync(() => ReadIdentityAsync(ct)).ConfigureAwait(false);
        var (subscriptions, noSubscriptions) = await TryAsync(() => _subscriptions.ReadAsync(readAt, ct)).ConfigureAwait(false);
        var (settled, noSettled) = await TryAsync(() => ReadSettledAsync(ct)).ConfigureAwait(false);
        var (blocking, noBlocking) = await TryAsync(() => ReadBlockingAsync(ct)).ConfigureAwait(false);
        var (server, noServer) = await TryAsync(() => ReadServerAsync(ct)).ConfigureAwait(false);
        var locks = await CheckLocksAsync(ct).ConfigureAwait(false);

        var reports = subscriptions is null ? null : _history.See(subscriptions.Subscriptions, readAt);
        var report = new StoreReport
        {
            ReadAt = readAt,
            Schema = schema,
            Store = identity,
            Product = database.Provider.Product,
            ServerVersion = server?.Version,
            StoreBytes = server?.StoreBytes,
            Head = subscriptions?.End.Head,
            SettledPosition = settled?.Position,
            BlockingTransactions = blocking,
            Subscriptions = reports,
            HasMoreSubscriptions = subscriptions?.HasMore ?? false,
            Checks = [],
        };
        List<StoreCheck> checks =
        [
            SchemaRules.Check(schema, database.Options.AllowNewerSchema), locks, StoreRules.Clock(difference),
            .. StoreRules.HeldBack(report, noBlocking ?? noSettled), .. StoreRules.Positions(subscriptions?.End, database.Options.Schema),
            .. StoreRules.Identity(identity, noIdentity, database.Provider.Product),
            .. SubscriptionRules.All(reports, noSubscriptions),
            .. server?.Checks ?? [.. StoreRules.OfServer.Select(check => check.Unknown(noServer!, StoreRules.GrantRemedy))],
        ];
        return report with { Checks = StoreRules.InOrder(checks) };
    }

    private async Task<string[]> ReadKnownMigrationsAsync(CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct).ConfigureAwait(false);
        return [.. context.Database.GetMigrations()];
    }

    /// <summary>
    /// The migrations that were applied: none if their table is missing, which the first one creates. A connection that is refused is no
    /// answer, and thrown.
    /// </summary>
    private async Task<(List<string>? Applied, string? Refusal)> ReadAppliedMigrationsAsync(CancellationToken ct)
    {
        try
        {
            await using var connection = await background.OpenAsync(ct).ConfigureAwait(false);
            return await TryAsync(() => ReadAppliedMigrationsAsync(connection, ct)).ConfigureAwait(false);
        }
        catch (Exception exception) when (storage.Classify(exception) is StorageFailure.SchemaMissing)
        {
            return ([], null);
        }
    }

    private async Task<List<string>> ReadAppliedMigrationsAsync(StoreConnection connection, CancellationToken ct)
    {
        var applied = new List<string>();
        await using var command = connection.Command(_statements.Migrations);
        try
        {
            await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
            while (await reader.ReadAsync(ct).ConfigureAwait(false))
                applied.Add(reader.GetString(0));
        }
        catch (DbException exception) when (storage.Classify(exception) is StorageFailure.SchemaMissing)
        {
            return [];
        }

        return applied;
    }

    private async Task<DateTimeOffset> ReadClockAsync(CancellationToken ct)
    {
        await using var connection = await background.OpenAsync(ct).ConfigureAwait(false);
        await using var command = connection.Command(_statements.Clock);
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        await reader.ReadAsync(ct).ConfigureAwait(false);
        return StoredTime.Read(reader, 0);
    }

    private async Task<StoreIdentity?> ReadIdentityAsync(CancellationToken ct)
    {
        await using var connection = await background.OpenAsync(ct).ConfigureAwait(false);
        await using var command = connection.Command(_statements.Store);
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        return !await reader.ReadAsync(ct).ConfigureAwait(false) ? null : new()
        {
            StoreId = reader.GetGuid(0),
            Epoch = reader.GetGuid(1),
            CreatedAt = StoredTime.Read(reader, 2),
            Engine = reader.GetString(3),
            PositionAllocator = reader.GetString(4),
            CreatedBy = reader.GetString(5),
        };
    }

    private async Task<Settled?> ReadSettledAsync(CancellationToken ct) => new(await storage.LookSettledAsync(ct).ConfigureAwait(false));

    private async Task<IReadOnlyList<BlockingTransaction>?> ReadBlockingAsync(CancellationToken ct)
        => await storage.GetBlockingTransactionsAsync(ct).ConfigureAwait(false);

    private async Task<ServerInspection?> ReadServerAsync(CancellationToken ct)
        => await storage.InspectServerAsync(ct).ConfigureAwait(false);

    /// <summary>
    /// Checks the locks once, and again when another server may have taken over: they are a property of the server's software.
    /// </summary>
    private async Task<StoreCheck> CheckLocksAsync(CancellationToken ct)
    {
        var incarnation = storage.Incarnation;
        if (_engineCheckedIn == incarnation)
            return CheckDefinition.Locks.Passed();

        try
        {
            var (_, reason) = await TryAsync(() => storage.CheckEngineAsync(ct)).ConfigureAwait(false);
            if (reason is not null)
                return CheckDefinition.Locks.Unknown(reason, StoreRules.GrantRemedy);
        }
        catch (EventStoreSchemaException exception)
        {
            return CheckDefinition.Locks.Found(
                CheckSeverity.Error, exception.Message, "Stop the applications that use the store until this is solved.");
        }

        _engineCheckedIn = incarnation;
        return CheckDefinition.Locks.Passed();
    }

    /// <summary>Reads a part, or tells why the database refuses it.</summary>
    private async Task<(T? Part, string? Refusal)> TryAsync<T>(Func<Task<T>> read)
        where T : class?
    {
        try
        {
            return (await read().ConfigureAwait(false), null);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or EventStoreException)
            && storage.Classify(exception) is StorageFailure.Refused or StorageFailure.SchemaMissing)
        {
            return (null, ErrorText.MessageOf(ErrorText.Innermost(exception)));
        }
    }

    /// <param name="Position">The position; <see langword="null"/> if it can't be told.</param>
    private sealed record Settled(long? Position);
}
