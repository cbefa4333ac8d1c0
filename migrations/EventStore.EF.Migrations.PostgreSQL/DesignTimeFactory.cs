using EventStore.EF.PostgreSQL.Storage;
using EventStore.EF.Schema;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace EventStore.EF.Migrations.PostgreSQL;

/// <summary>Creates the context for <c>dotnet ef … -- "&lt;connection string&gt;" [--schema &lt;name&gt;]</c>.</summary>
internal sealed class DesignTimeFactory : IDesignTimeDbContextFactory<EventStoreDbContext>
{
    public EventStoreDbContext CreateDbContext(string[] args)
    {
        var arguments = DesignTimeArguments.Parse(args, "Host=localhost;Database=eventstore;Username=postgres");
        var builder = new DbContextOptionsBuilder<EventStoreDbContext>();
        new PostgreSqlStorageProvider(options => options.UseNpgsql(arguments.ConnectionString), null, default, new())
            .Configure(builder, arguments.Schema);
        return new(builder.Options);
    }
}
