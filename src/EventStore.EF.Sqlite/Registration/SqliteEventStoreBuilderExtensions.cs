using System.Runtime.CompilerServices;
using EventStore.EF;
using EventStore.EF.Registration;
using EventStore.EF.Sqlite.Storage;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers SQLite as the event store's database.</summary>
public static class SqliteEventStoreBuilderExtensions
{
    /// <summary>Stores events in a SQLite database file, in tables whose names begin with the schema: <c>eventstore_events</c>.</summary>
    /// <remarks>
    /// The database is switched to write-ahead logging, and an append is on disk when it returns (<c>synchronous=FULL</c>). Any number of
    /// processes on one machine may use one file; one of them writes at a time. A writer waits for the others for the connection string's
    /// <c>Default Timeout</c>, by default 30 seconds.
    /// </remarks>
    /// <param name="builder">The store.</param>
    /// <param name="connectionString">
    /// The Microsoft.Data.Sqlite connection string, for example <c>Data Source=shop.db</c>. EF Core's tools need none: bundles and
    /// <c>dotnet ef … --connection</c> supply their own.
    /// </param>
    /// <param name="expression">
    /// The source text of <paramref name="connectionString"/>, filled in by the compiler for the message about a missing one.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The connection string is missing or malformed, names no file, names a database in memory, or asks for a shared cache, read-only
    /// access or no foreign keys.
    /// </exception>
    /// <exception cref="InvalidOperationException">The store already has a database.</exception>
    public static EventStoreBuilder UseSqlite(
        this EventStoreBuilder builder, string? connectionString,
        [CallerArgumentExpression(nameof(connectionString))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var isGiven = MissingConnectionString.Check(connectionString, expression, nameof(UseSqlite));
        return builder.UseProvider(new SqliteStorageProvider(isGiven ? connectionString : null));
    }
}
