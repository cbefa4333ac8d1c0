using System.Runtime.CompilerServices;
using EventStore.EF.Registration;
using EventStore.EF.Storage;

namespace EventStore.EF;

/// <summary>
/// Configures the part of a store that may wait for the application's services: its database and options. What belongs to the services
/// themselves, such as subscribers and projections, is added with <see cref="EventStoreBuilder"/>.
/// </summary>
public class EventStoreDatabaseBuilder
{
    private StoreSetup _setup;
    private bool _hasChosen;
    private bool _isOver;

    internal EventStoreDatabaseBuilder(StoreSetup setup) => _setup = setup with { Options = setup.Options.Copy() };

    private EventStoreOptions Options => _setup.Options;

    /// <summary>Sets options; see <see cref="EventStoreOptions"/> for their defaults and limits.</summary>
    /// <exception cref="InvalidOperationException">The call to which this builder belongs has returned.</exception>
    public virtual EventStoreDatabaseBuilder Configure(Action<EventStoreOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        ThrowIfOver();
        configure(Options);
        return this;
    }

    /// <summary>
    /// Puts the store's tables into the given schema instead of <c>eventstore</c>; see <see cref="EventStoreOptions.Schema"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The call to which this builder belongs has returned.</exception>
    public virtual EventStoreDatabaseBuilder UseSchema(string schema)
    {
        ThrowIfOver();
        Options.Schema = schema;
        return this;
    }

    /// <summary>
    /// Creates or updates the tables when the host starts, before anything else starts. Several processes may do so at the same time.
    /// Without this call, a missing or outdated schema fails the start with the command to run.
    /// </summary>
    /// <exception cref="InvalidOperationException">The call to which this builder belongs has returned.</exception>
    public virtual EventStoreDatabaseBuilder MigrateOnStart()
    {
        ThrowIfOver();
        _setup = _setup with { Migrates = true };
        return this;
    }

    /// <summary>Chooses the database, in place of one that an earlier configuration has chosen.</summary>
    /// <param name="provider">The database.</param>
    /// <param name="method">The method that chooses it, for the message.</param>
    /// <exception cref="InvalidOperationException">This configuration has chosen one, or its call has returned.</exception>
    internal void UseProvider(IStorageProvider provider, [CallerMemberName] string method = "")
    {
        ThrowIfOver(method);
        if (_hasChosen)
        {
            throw new InvalidOperationException(
                $"The event store already has a database ({_setup.Provider!.Name}). Call UsePostgreSql or UseSqlite only once.");
        }

        _hasChosen = true;
        _setup = _setup with { Provider = provider };
    }

    /// <summary>Ends the configuration: the builder refuses further calls.</summary>
    internal StoreSetup End()
    {
        _isOver = true;
        return _setup;
    }

    private protected void ThrowIfOver([CallerMemberName] string method = "")
    {
        if (_isOver)
        {
            throw new InvalidOperationException(
                $"{method} comes too late: the call that was given this builder has returned. Call {method} inside AddEventStore or, " +
                "for the database and options, inside ConfigureEventStore.");
        }
    }
}
