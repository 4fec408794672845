# Distributed under the terms of the Apache License 2.0
# Generated from a feature catalog by extrasmith; change the catalog, or these lines for good.
# No flag crane: no package name is known for py.Winch in Gentoo.
# No flag drill: no package name is known for drillbits in Gentoo.
# No flag glue: no package name is known for stickum in Gentoo.

EAPI=8

DISTUTILS_USE_PEP517=hatchling
PYTHON_COMPAT=( python3_9 python3_10 python3_11 )

inherit distutils-r1 pypi

DESCRIPTION="Extras for the optional features of Toolbox"
HOMEPAGE="https://toolbox.example/"

LICENSE="Apache-2.0"
SLOT="0"
KEYWORDS="~amd64 ~arm64"
IUSE=""

RDEPEND="
"
