using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;

namespace EventStore.EF.Sqlite.Schema;

/// <summary>
/// EF Core's history of migrations, without the lock that EF Core's own has for SQLite: a row that stays when its process is killed, and
/// stops every later migrator. Migrators take turns by SQLite's write lock, which each migration's transaction holds and which ends with
/// its process.
/// </summary>
internal sealed class SqliteMigrationsHistory(HistoryRepositoryDependencies dependencies) : HistoryRepository(dependencies)
{
    /// <summary>The lock is the transaction's.</summary>
    public override LockReleaseBehavior LockReleaseBehavior => LockReleaseBehavior.Transaction;

    protected override string ExistsSql
        => $"SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = {Literal(TableName)}";

    public override IMigrationsDatabaseLock AcquireDatabaseLock() => new TransactionLock(this);

    public override Task<IMigrationsDatabaseLock> AcquireDatabaseLockAsync(CancellationToken cancellationToken = default)
        => Task.FromResult<IMigrationsDatabaseLock>(new TransactionLock(this));

    public override string GetCreateIfNotExistsScript()
        => GetCreateScript().Replace("CREATE TABLE ", "CREATE TABLE IF NOT EXISTS ", StringComparison.Ordinal);

    public override string GetBeginIfNotExistsScript(string migrationId) => throw NoConditions();

    public override string GetBeginIfExistsScript(string migrationId) => throw NoConditions();

    public override string GetEndIfScript() => throw NoConditions();

    protected override bool InterpretExistsResult(object? value) => value is long and > 0;

    private string Literal(string text) => Dependencies.TypeMappingSource.GetMapping(typeof(string)).GenerateSqlLiteral(text);

    private static NotSupportedException NoConditions()
        => new(
            "SQLite has no conditional statements, so there are no idempotent scripts. Pass the migration to start from to " +
            "'dotnet ef migrations script' instead.");

    /// <summary>Nothing to release: the transaction holds the lock from its beginning (BEGIN IMMEDIATE) to its end.</summary>
    private sealed class TransactionLock(IHistoryRepository history) : IMigrationsDatabaseLock
    {
        public IHistoryRepository HistoryRepository => history;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
