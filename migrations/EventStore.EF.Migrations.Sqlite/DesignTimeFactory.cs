using EventStore.EF.Schema;
using EventStore.EF.Sqlite.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace EventStore.EF.Migrations.Sqlite;

/// <summary>Creates the context for <c>dotnet ef … -- "&lt;connection string&gt;" [--schema &lt;name&gt;]</c>.</summary>
internal sealed class DesignTimeFactory : IDesignTimeDbContextFactory<EventStoreDbContext>
{
    public EventStoreDbContext CreateDbContext(string[] args)
    {
        var arguments = DesignTimeArguments.Parse(args, "Data Source=eventstore.db");
        var builder = new DbContextOptionsBuilder<EventStoreDbContext>();
        new SqliteStorageProvider(arguments.ConnectionString, new()).Configure(builder, arguments.Schema);
        return new(builder.Options);
    }
}
