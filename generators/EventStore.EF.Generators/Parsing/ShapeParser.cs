using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Determines how values of a type are stored, and adds the type and everything it contains to the closure.</summary>
internal sealed class ShapeParser(ParseContext context)
{
    private const string Services = "global::System.Text.Json.Serialization.Metadata.JsonMetadataServices.";

    /// <param name="type">The type.</param>
    /// <param name="site">The member or event to report at.</param>
    /// <returns>Null if values of the type can't be stored; the reason is reported.</returns>
    public ValueModel? Value(ITypeSymbol type, ISymbol site)
    {
        if (BuiltInTypes.Find(type) is { } builtIn)
        {
            if (type.SpecialType == SpecialType.System_Object)
                context.Report(Descriptors.ObjectMember, site, site.Display());
            return builtIn;
        }

        if (type.TypeKind == TypeKind.Error)
        {
            context.LeaveToCompiler();
            return null;
        }

        if (UnsupportedTypes.Problem(type, context.Compilation) is { } problem)
            return Refuse(site, problem);
        if (type is IArrayTypeSymbol array)
            return Collection(type, Collections.Array, array.ElementType, key: null, site);

        var named = (INamedTypeSymbol)type;
        if (Converters.OfType(named, context, site) is { } converter)
        {
            var value = WithConverter(named, converter, ValueKind.Metadata);
            return Converters.StoresNames(named, named) ? EnumNames.Find(named) ?? value : value;
        }

        if (JsonAttributes.Unsupported(named) is { } attribute)
            return Refuse(site, JsonAttributes.Advice(attribute));
        if (named.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
            return NullableValue(named, site);
        if (named.TypeKind == TypeKind.Enum)
            return EnumValue(named);
        return Collections.Find(named) is { } found
            ? Collection(named, found.Kind, found.Element, found.Key, site)
            : Object(named, site);
    }

    private ValueModel? Object(INamedTypeSymbol type, ISymbol site)
    {
        if (UnsupportedTypes.ObjectProblem(type) is { } problem)
            return Refuse(site, problem);
        var isPolymorphic = Polymorphism.IsPolymorphic(type);
        if (isPolymorphic && Polymorphism.Problem(type) is { } wrong)
            return Refuse(site, wrong);
        if (type.IsAbstract && !isPolymorphic)
        {
            var what = type.TypeKind == TypeKind.Interface ? "an interface" : "abstract";
            context.Report(Descriptors.AbstractMember, site, site.Display(), type.Display(), what);
            return null;
        }

        context.Add(type, inner =>
        {
            var parser = inner == context ? this : new(inner);
            foreach (var derived in Polymorphism.DerivedTypes(type))
                parser.Value(derived, site);
            return new ObjectParser(inner, parser, type).Parse();
        });
        if (isPolymorphic && Polymorphism.Conflict(type, context) is { } conflict)
            return Refuse(site, conflict);
        return new(type.Code(), ValueKind.Shape, type.TypeName().Id);
    }

    private ValueModel? Collection(ITypeSymbol type, CollectionKind kind, ITypeSymbol element, ITypeSymbol? key, ISymbol site)
    {
        var keyValue = key is null ? null : Value(key, site);
        if (key is not null && keyValue is null)
            return null;
        if (key is not null && !IsKey(key))
            return Refuse(site, $"a dictionary's key can't be '{key.Display()}'; use string, a number, Guid, a date or an enum");
        if (Value(element, site) is not { } elementValue)
            return null;

        context.Add(type, _ => new CollectionShape(type.TypeName(), kind, elementValue, keyValue));
        return new(type.Code(), ValueKind.Shape, type.TypeName().Id);
    }

    private ValueModel? NullableValue(INamedTypeSymbol type, ISymbol site)
    {
        var underlying = type.TypeArguments[0];
        if (Value(underlying, site) is not { } inner)
            return null;
        var converter = $"{Services}GetNullableConverter<{underlying.Code()}>(options)";
        WithConverter(type, converter, ValueKind.Nullable);
        return new(type.Code(), ValueKind.Nullable, Inner: inner);
    }

    private ValueModel EnumValue(INamedTypeSymbol type)
    {
        var converter = $"{Services}GetEnumConverter<{type.Code()}>(options)";
        WithConverter(type, converter, ValueKind.Enum);
        return new(type.Code(), ValueKind.Enum, type.EnumUnderlyingType!.Code());
    }

    private ValueModel WithConverter(INamedTypeSymbol type, string converter, ValueKind kind)
    {
        context.Add(type, _ => new ConverterShape(type.TypeName(), converter));
        return new(type.Code(), kind);
    }

    private ValueModel? Refuse(ISymbol site, string problem)
    {
        context.Report(Descriptors.NotSerializable, site, site.Display(), problem);
        return null;
    }

    private static bool IsKey(ITypeSymbol type) => type.TypeKind == TypeKind.Enum || BuiltInTypes.Find(type) switch
    {
        { Kind: ValueKind.Number or ValueKind.Boolean or ValueKind.Text or ValueKind.Char } => true,
        { Kind: ValueKind.Converter } => type is INamedTypeSymbol
        {
            Arity: 0, ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true },
        },
        _ => false,
    };
}
