using System.Runtime.CompilerServices;
using EventStore.EF;
using EventStore.EF.Sqlite;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts the event store on SQLite.</summary>
public static class SqliteEventStoreBuilderExtensions
{
    /// <summary>
    /// Keeps the store in a SQLite database file, in tables whose names begin with the store's schema: <c>eventstore_events</c>.
    /// </summary>
    /// <remarks>
    /// The database is switched to write-ahead logging, and an append is on the disk when it returns (<c>synchronous=FULL</c>).
    /// Any number of processes of one machine may use one file; one of them writes at a time. How long a writer waits for the
    /// others is <c>Default Timeout</c> of the connection string, 30 seconds unless it says otherwise.
    /// </remarks>
    /// <param name="builder">The store.</param>
    /// <param name="connectionString">
    /// A connection string of Microsoft.Data.Sqlite: <c>Data Source=shop.db</c>. EF Core's tools need none: bundles and
    /// <c>dotnet ef … --connection</c> bring their own.
    /// </param>
    /// <param name="expression">
    /// The source text of the connection string, which the compiler fills in, for the message when there is none.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The connection string is missing or malformed, names no file, names a database in memory, or asks for a shared cache, read-only
    /// access or no foreign keys.
    /// </exception>
    /// <exception cref="InvalidOperationException">The store has a database already.</exception>
    public static EventStoreBuilder UseSqlite(
        this EventStoreBuilder builder, string? connectionString,
        [CallerArgumentExpression(nameof(connectionString))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var isGiven = MissingConnectionString.Check(connectionString, expression, nameof(UseSqlite));
        return builder.UseProvider(new SqliteStorageProvider(isGiven ? connectionString : null));
    }
}
