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
    /// The path is made absolute here: a later change of the process's current directory doesn't matter. The database is switched to
    /// write-ahead logging, and an append is on disk when it returns (<c>synchronous=FULL</c>). Any number of processes on one machine may
    /// use one file; one of them writes at a time. A writer waits for the others for the connection string's <c>Default Timeout</c>, by
    /// default 30 seconds.
    /// </remarks>
    /// <typeparam name="TBuilder">
    /// The builder of <c>AddEventStore</c> or, where the configuration waits for the services, <see cref="EventStoreDatabaseBuilder"/>.
    /// </typeparam>
    /// <param name="builder">The store.</param>
    /// <param name="connectionString">
    /// The Microsoft.Data.Sqlite connection string, for example <c>Data Source=shop.db</c>. EF Core's tools need none: bundles and
    /// <c>dotnet ef … --connection</c> supply their own.
    /// </param>
    /// <param name="configure">Configures the write-ahead log; see <see cref="SqliteOptions"/>.</param>
    /// <param name="expression">
    /// The source text of <paramref name="connectionString"/>, filled in by the compiler for the message about a missing one.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The connection string is missing or malformed, names no file, a database in memory or too long a path, or asks for a shared cache,
    /// read-only access, no foreign keys or a Vfs without shared memory; or an option is out of range.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The same configuration has already chosen a database, or the call to which the builder belongs has returned.
    /// </exception>
    public static TBuilder UseSqlite<TBuilder>(
        this TBuilder builder, string? connectionString, Action<SqliteOptions>? configure = null,
        [CallerArgumentExpression(nameof(connectionString))] string? expression = null)
        where TBuilder : EventStoreDatabaseBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new SqliteOptions();
        configure?.Invoke(options);
        var isGiven = MissingConnectionString.Check(connectionString, expression, nameof(UseSqlite));
        builder.UseProvider(new SqliteStorageProvider(isGiven ? connectionString : null, options.Checked()));
        return builder;
    }
}
