using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Schema;

/// <summary>Carries the run-time schema and the provider's part of the model into <see cref="EventStoreDbContext"/>.</summary>
/// <remarks>
/// The model and the migrations always use <see cref="EventStoreModel.Schema"/>; the provider's SQL generation helper replaces it by the
/// run-time name. With <c>HasDefaultSchema(option)</c>, every other name would be a pending model change.
/// </remarks>
internal sealed class EventStoreOptionsExtension(string schema, Action<ModelBuilder> configureModel) : IDbContextOptionsExtension
{
    public string Schema { get; } = schema;

    public Action<ModelBuilder> ConfigureModel { get; } = configureModel;

    public DbContextOptionsExtensionInfo Info => new ExtensionInfo(this);

    public void ApplyServices(IServiceCollection services) => services.AddSingleton(new SchemaName(Schema));

    public void Validate(IDbContextOptions options)
    {
    }

    private sealed class ExtensionInfo(EventStoreOptionsExtension extension) : DbContextOptionsExtensionInfo(extension)
    {
        public override bool IsDatabaseProvider => false;

        public override string LogFragment => $"EventStoreSchema={Schema} ";

        private string Schema => ((EventStoreOptionsExtension)Extension).Schema;

        // The SQL generation helper is a singleton among EF Core's internal services, so each schema needs its own service provider.
        public override int GetServiceProviderHashCode() => StringComparer.Ordinal.GetHashCode(Schema);

        public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other)
            => other is ExtensionInfo extension && extension.Schema == Schema;

        public override void PopulateDebugInfo(IDictionary<string, string> debugInfo) => debugInfo["EventStore:Schema"] = Schema;
    }
}
