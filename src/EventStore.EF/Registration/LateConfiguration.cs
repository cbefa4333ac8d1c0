namespace EventStore.EF.Registration;

/// <summary>A configuration of the database and options that runs when the services exist.</summary>
internal sealed class LateConfiguration(Action<IServiceProvider, EventStoreDatabaseBuilder> configure)
{
    /// <summary>Runs the configuration on what the earlier ones have decided.</summary>
    public StoreSetup Apply(IServiceProvider services, StoreSetup setup)
    {
        var builder = new EventStoreDatabaseBuilder(setup);
        configure(services, builder);
        return builder.End();
    }
}
