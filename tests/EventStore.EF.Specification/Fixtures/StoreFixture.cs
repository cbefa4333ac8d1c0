using Microsoft.EntityFrameworkCore;
using Xunit.Sdk;

namespace EventStore.EF.Specification;

/// <summary>What a provider gives to the suites: databases of its kind. One fixture, with one migrated database, per test class.</summary>
public abstract class StoreFixture : IAsyncLifetime
{
    private TestDatabase? _database;

    /// <summary>The migrated database that the tests of one class share.</summary>
    public TestDatabase Database => _database ?? throw new InvalidOperationException("The fixture has no database; call RequireDatabase first.");

    /// <summary>Why no database of this kind is to be had on this machine; <see langword="null"/> when one is.</summary>
    public abstract string? Unavailable { get; }

    /// <summary>A connection string to a place where nothing answers or nothing can be opened.</summary>
    public abstract string UnreachableConnectionString { get; }

    /// <summary>An exception by which a database of this kind says that it is away.</summary>
    public abstract Exception Away { get; }

    /// <summary>
    /// Whether a pool is in between that gives a connection back after each transaction: nobody is told of other processes' appends, and errors
    /// of connecting are the pool's own.
    /// </summary>
    public virtual bool IsPooled => false;

    /// <summary>Points a store at a database.</summary>
    public abstract void Use(EventStoreDatabaseBuilder builder, string connectionString);

    /// <summary>Points a context of the application's own at a database.</summary>
    public abstract void Use(DbContextOptionsBuilder builder, string connectionString);

    /// <summary>Makes a database.</summary>
    /// <param name="migrated">Whether the store's tables are in it already, in the default schema.</param>
    public abstract Task<TestDatabase> CreateDatabaseAsync(bool migrated = true);

    /// <summary>Makes a store of a database.</summary>
    public TestStore CreateStore(TestDatabase database, Action<EventStoreBuilder>? configure = null)
        => CreateStore(database.ConnectionString, configure);

    /// <summary>Makes a store.</summary>
    public TestStore CreateStore(string connectionString, Action<EventStoreBuilder>? configure = null)
        => new(builder =>
        {
            Use(builder, connectionString);
            configure?.Invoke(builder);
        });

    /// <summary>Skips the running test where no database is to be had; fails it instead in continuous integration.</summary>
    public void RequireDatabase()
    {
        if (Unavailable is not { } reason)
            return;

        if (Environment.GetEnvironmentVariable("CI") == "true")
            throw new InvalidOperationException($"CI is true, so nothing may be skipped. {reason}");

        throw SkipException.ForSkip(reason);
    }

    /// <inheritdoc/>
    public virtual async ValueTask InitializeAsync()
    {
        if (Unavailable is null)
            _database = await CreateDatabaseAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_database is not null)
            await _database.DisposeAsync().ConfigureAwait(false);
    }
}
