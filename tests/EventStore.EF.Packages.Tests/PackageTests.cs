using System.IO.Compression;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Xml.Linq;
using EventStore.EF.TestDatabases;

namespace EventStore.EF.Packages.Tests;

/// <summary>What users get: the packages themselves, restored into projects that have nothing to do with this repository.</summary>
public sealed class PackageTests(PackedConsumers packed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(
        "EventStore.EF.Abstractions",
        "analyzers/dotnet/cs/EventStore.EF.Generators.dll",
        "analyzers/dotnet/cs/EventStore.EF.CodeFixes.dll",
        "lib/net8.0/EventStore.EF.Abstractions.dll",
        "lib/net9.0/EventStore.EF.Abstractions.dll",
        "buildTransitive/net8.0/EventStore.EF.Abstractions.targets",
        "buildMultiTargeting/EventStore.EF.Abstractions.targets")]
    [InlineData("EventStore.EF", "buildTransitive/net10.0/EventStore.EF.targets")]
    [InlineData("EventStore.EF.PostgreSQL", "lib/net10.0/EventStore.EF.Migrations.PostgreSQL.dll")]
    [InlineData("EventStore.EF.Sqlite", "lib/net10.0/EventStore.EF.Migrations.Sqlite.dll")]
    [InlineData("EventStore.EF.HealthChecks")]
    public void A_package_carries_all_that_it_needs(string id, params string[] more)
    {
        using var package = Open(id);
        var files = package.Entries.Select(entry => entry.FullName).ToArray();
        foreach (var file in (string[])["README.md", $"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml", .. more])
            Assert.Contains(file, files);

        var description = Description(package);
        Assert.Equal(("MIT", "expression"), (Value(description, "license"), Element(description, "license")?.Attribute("type")?.Value));
        Assert.Equal("README.md", Value(description, "readme"));
        Assert.NotEmpty(Value(description, "description")!);
        Assert.DoesNotContain("Package Description", Value(description, "description"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_repository_s_address_is_in_the_packages_once_there_is_one_and_makes_the_links_of_the_readme_absolute()
    {
        using (var without = Open("EventStore.EF.Abstractions"))
            Assert.Null(Value(Description(without), "projectUrl"));

        var folder = packed.FolderOf("with-address");
        (await CommandLine.RunAsync(
            Repository.Root, "dotnet",
            ["pack", Path.Combine("src", "EventStore.EF.Abstractions"), "--nologo", "--configuration", "Release", "--no-build", "-p:ProjectSite=https://example.org/shop", "--output", folder])).Succeeds();
        using var package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(folder, "*.nupkg")));
        Assert.Equal("https://example.org/shop", Value(Description(package), "projectUrl"));
        using var reader = new StreamReader(package.GetEntry("README.md")!.Open());
        var readme = await reader.ReadToEndAsync(Ct);
        Assert.Contains("](https://example.org/shop/blob/main/docs/getting-started.md)", readme, StringComparison.Ordinal);
        Assert.DoesNotContain("](docs/", readme, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_package_is_signed_with_the_certificate_that_is_given_and_without_one_it_is_not()
    {
        const string signature = ".signature.p7s";
        using (var without = Open("EventStore.EF.Abstractions"))
            Assert.Null(without.GetEntry(signature));

        var folder = packed.FolderOf("signed");
        Directory.CreateDirectory(folder);
        using var certificate = CreateCertificate();
        await File.WriteAllBytesAsync(Path.Combine(folder, "release.pfx"), certificate.Export(X509ContentType.Pfx, "its password"), Ct);
        (await PackAsync("release.pfx", "its password")).Succeeds();
        using (var package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(folder, "*.nupkg"))))
        using (var written = new MemoryStream())
        {
            await using (var stream = package.GetEntry(signature)!.Open())
                await stream.CopyToAsync(written, Ct);

            // A signature contains the certificate of its signer.
            Assert.True(written.ToArray().AsSpan().IndexOf(certificate.RawData) >= 0);
        }

        (await PackAsync("missing.pfx", "its password")).Fails("missing.pfx");
        var refused = (await PackAsync("release.pfx", "another one")).Fails("release.pfx");
        Assert.DoesNotContain("another one", refused.Output, StringComparison.Ordinal);

        Task<CommandResult> PackAsync(string file, string password) => CommandLine.RunAsync(
            folder, "dotnet",
            [
                "pack", Path.Combine(Repository.Root, "src", "EventStore.EF.Abstractions"), "--nologo", "--configuration", "Release",
                "--no-build", $"-p:PackageCertificate={file}", "--output", folder,
            ],
            new Dictionary<string, string> { ["PackageCertificatePassword"] = password });
    }

    [Fact]
    public void The_abstractions_depend_on_nothing()
    {
        using var package = Open("EventStore.EF.Abstractions");
        Assert.DoesNotContain(Description(package).Descendants(), element => element.Name.LocalName == "dependency");
    }

    [Fact]
    public async Task An_application_on_SQLite_builds_without_warnings_migrates_and_runs()
        => await AssertRunsAsync("Shop.Sqlite", $"Data Source={Path.Combine(packed.FolderOf("Shop.Sqlite"), "shop.db")}");

    [Fact]
    public async Task An_application_on_PostgreSQL_builds_without_warnings_migrates_and_runs()
    {
        PostgreSqlServer server;
        try
        {
            server = await PostgreSqlServer.FindAsync(Ct);
        }
        catch (PostgreSqlUnavailableException exception) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip(exception.Message);
            throw;
        }

        await using (server)
        {
            var database = await server.CreateDatabaseAsync(ct: Ct);
            await AssertRunsAsync("Shop.PostgreSQL", database);
            await server.DropDatabaseAsync(database, Ct);
        }
    }

    [Fact]
    public async Task Two_events_of_one_name_fail_the_build()
        => (await packed.BuildAsync("TwoOfOneName")).Fails("error ESEF1002", "order-placed");

    [Fact]
    public async Task An_event_that_is_not_marked_is_a_warning_where_it_is_appended()
        => (await packed.BuildAsync("Unmarked")).Succeeds().Says("Ordering.cs(10,", "warning ESEF1007");

    private async Task AssertRunsAsync(string application, string database)
    {
        var folder = packed.FolderOf(application);
        var environment = new Dictionary<string, string> { ["SHOP_DATABASE"] = database };
        (await packed.BuildAsync(application, "-warnaserror")).Succeeds();

        // On a missing schema the start says what to run, and that is run then.
        const string Command = "ef database update --context EventStoreDbContext";
        (await RunAsync()).Fails($"dotnet {Command}");
        (await CommandLine.RunAsync(Repository.Root, "dotnet", [.. Command.Split(' '), "--project", folder, "--no-build"], environment)).Succeeds();
        (await RunAsync()).Succeeds().Says("read 1 order-placed Ada", "letter to Ada, version 1", "health of 3 checks: Healthy");

        Task<CommandResult> RunAsync() => CommandLine.RunAsync(folder, "dotnet", ["run", "--no-build"], environment);
    }

    /// <summary>A certificate for signing code that only this test trusts.</summary>
    private static X509Certificate2 CreateCertificate()
    {
        using var key = RSA.Create(3072);
        var request = new CertificateRequest("CN=EventStore.EF tests", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.3")], critical: true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private ZipArchive Open(string id)
    {
        var file = Assert.Single(Directory.EnumerateFiles(packed.Packages, $"{id}.*.nupkg"), file => char.IsAsciiDigit(Path.GetFileName(file)[id.Length + 1]));
        return ZipFile.OpenRead(file);
    }

    private static XElement Description(ZipArchive package)
    {
        using var stream = package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(stream).Root!.Elements().Single(element => element.Name.LocalName == "metadata");
    }

    private static XElement? Element(XElement description, string name) => description.Elements().SingleOrDefault(element => element.Name.LocalName == name);

    private static string? Value(XElement description, string name) => Element(description, name)?.Value;
}
