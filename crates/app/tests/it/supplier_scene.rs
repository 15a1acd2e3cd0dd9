//! An enterprise on its way to being a supplier, with its owner and the verifiers, for the tests of both
//! halves.

use std::collections::HashMap;
use std::sync::Arc;

use app::account::{self, Given, Viewer};
use app::market::catalogue::{Catalogue, CatalogueHandle};
use app::org::sample_picture;
use app::staff::{self, Signed, SupplierChoice};
use app::supplier::{self, Form, HandIn, Signing, SupplierView};
use app::{App, Failure};
use domain::staff::Role;
use domain::supplier::Reason;
use domain::supplier::application::Typed;
use domain::supplier::licence::{self as licence, State as LicenceState};
use domain::supplier::onboarding::{Event, State};
use privacy::purpose::{Browse, Certify, KeepAccount, Operate};
use testkit::TestStore;
use time::Duration;
use uuid::Uuid;

use crate::consent::SHOWN;
use crate::house;
use crate::order::system;
use crate::org::founded;
use crate::staff::{ctx, trained};

pub const AREA: &str = "daili-jizhang";
pub const EDITION: &str = "2020-11-01";

/// An enterprise with its owner, and three verifiers.
pub struct Scene {
    pub app: App,
    pub catalogue: CatalogueHandle,
    pub owner: Viewer,
    pub organisation: Uuid,
    pub verifiers: [Signed; 3],
}

pub async fn scene(test: &TestStore) -> Scene {
    let app = house::app(test);
    app::demo::seed(&app, &system::<Operate>(&app), |_, _| {})
        .await
        .expect("seeded");
    // The demonstration's own notices are out before anything is counted.
    supplier::run_due(&app, &system::<Operate>(&app))
        .await
        .expect("told");
    let verifiers = [
        trained(&app, test, "verifier-1", &[Role::Verifier]).await,
        trained(&app, test, "verifier-2", &[Role::Verifier]).await,
        trained(&app, test, "verifier-3", &[Role::Verifier]).await,
    ];
    let (owner, organisation) = founded(test, &app).await;
    let loaded = Catalogue::load(&app, &system::<Browse>(&app))
        .await
        .expect("a catalogue");
    Scene {
        app,
        catalogue: CatalogueHandle::new(loaded),
        owner,
        organisation,
        verifiers,
    }
}

pub const PROFILE: Typed<'static> = Typed {
    name: "星渚企业服务（演示）",
    name_en: "",
    city: "上海",
    introduction: "专做设立、变更与记账，流程节点全部在订单里留痕。",
    introduction_en: "",
};

/// What is typed from a licence that is good for so many days.
fn typed(from: &str, until: &str) -> HashMap<&'static str, String> {
    HashMap::from([("from", from.to_owned()), ("until", until.to_owned())])
}

impl Scene {
    pub async fn begin(&self, viewer: &Viewer, agreed: bool) -> Result<Uuid, Failure> {
        let ctx = house::person::<KeepAccount>(&self.app, viewer);
        supplier::begin(&self.app, &ctx, viewer, (self.organisation, agreed), SHOWN).await
    }

    pub async fn save(&self, viewer: &Viewer, areas: &[&str], submit: bool) -> Result<(), Failure> {
        let form = Form {
            typed: PROFILE,
            areas: areas.to_vec(),
            submit,
        };
        let ctx = house::person::<KeepAccount>(&self.app, viewer);
        supplier::save(
            &self.app,
            &ctx,
            viewer,
            (&self.catalogue.now(), self.organisation),
            &form,
        )
        .await
    }

    pub async fn hand_in(&self, viewer: &Viewer, days: i64) -> Result<(), Failure> {
        let today = licence::day_of(house::person::<Certify>(&self.app, viewer).now());
        let said = typed(
            &(today - Duration::days(30)).to_string(),
            &(today + Duration::days(days)).to_string(),
        );
        let handed = HandIn {
            area: AREA,
            typed: licence::Typed {
                number: "DLJZ31010420250018",
                issuer: "上海市黄浦区财政局",
                from: &said["from"],
                until: &said["until"],
                endless: false,
            },
            picture: sample_picture(50),
        };
        let ctx = house::person::<Certify>(&self.app, viewer);
        supplier::hand_in(
            &self.app,
            &ctx,
            viewer,
            (&self.catalogue.now(), self.organisation),
            handed,
        )
        .await
    }

    pub async fn view(&self, viewer: &Viewer) -> SupplierView {
        let ctx = house::person::<KeepAccount>(&self.app, viewer);
        supplier::supplier(&self.app, &ctx, viewer, self.organisation)
            .await
            .expect("a view")
    }

    pub async fn state(&self) -> State {
        self.view(&self.owner)
            .await
            .row
            .expect("a supplier")
            .supplier
            .state
    }

    pub async fn id(&self) -> Uuid {
        self.view(&self.owner).await.row.expect("a supplier").id
    }

    pub async fn act(
        &self,
        by: usize,
        id: Uuid,
        event: Event,
        reasons: &[Reason],
        area: Option<&str>,
    ) -> Result<(), Failure> {
        let signed = &self.verifiers[by];
        let case = staff::supplier_case(&self.app, &ctx(&self.app), signed, id)
            .await
            .expect("a case");
        let choice = SupplierChoice {
            reasons: reasons.to_vec(),
            area: area.map(str::to_owned),
        };
        let what = (id, case.row.supplier.version);
        let who = (signed, &*self.catalogue.now());
        staff::supplier_act(&self.app, &ctx(&self.app), who, what, (event, choice)).await
    }

    /// The licence that was handed in last.
    pub async fn latest(&self) -> (Uuid, i64, LicenceState) {
        let view = self.view(&self.owner).await;
        let row = view.licences.first().expect("a licence");
        (row.id, row.licence.version, row.licence.state)
    }

    pub async fn judge(&self, event: licence::Event, reasons: &[licence::Reason]) -> Result<(), Failure> {
        let (id, version, _) = self.latest().await;
        let what = (event, reasons.to_vec());
        staff::licence_act(
            &self.app,
            &ctx(&self.app),
            &self.verifiers[0],
            (id, version),
            what,
        )
        .await
    }

    pub async fn open(&self, reason: &str) -> Result<String, Failure> {
        let (id, ..) = self.latest().await;
        staff::open_licence(&self.app, &ctx(&self.app), &self.verifiers[0], id, reason).await
    }

    pub async fn pass(&self) {
        self.open("review").await.expect("opened");
        self.judge(licence::Event::Approve, &[]).await.expect("passed");
    }

    pub async fn prove(&self, viewer: &Viewer) {
        let given = Given {
            code: "",
            recovery: "",
        };
        account::step_up(
            &self.app,
            &house::person(&self.app, viewer),
            viewer,
            house::PASSWORD,
            &given,
        )
        .await
        .expect("proved");
    }

    pub async fn sign(&self, viewer: &Viewer, edition: &str, accepted: [bool; 2]) -> Result<(), Failure> {
        let signing = Signing {
            edition,
            lang: "zh-CN",
            hashes: ["aa", "bb"],
            accepted,
        };
        let ctx = house::person::<Certify>(&self.app, viewer);
        supplier::sign(&self.app, &ctx, viewer, self.organisation, signing).await
    }

    /// Everything up to the admission.
    pub async fn admitted(&self, days: i64) -> Uuid {
        self.begin(&self.owner, true).await.expect("begun");
        self.hand_in(&self.owner, days).await.expect("kept");
        self.save(&self.owner, &[AREA], true).await.expect("handed in");
        self.pass().await;
        let id = self.id().await;
        self.act(0, id, Event::Approve, &[], None)
            .await
            .expect("approved");
        self.prove(&self.owner).await;
        self.sign(&self.owner, EDITION, [true, true])
            .await
            .expect("signed");
        id
    }

    pub async fn run(&self) -> usize {
        supplier::run_due(&self.app, &system::<Operate>(&self.app))
            .await
            .expect("ran")
    }

    pub async fn refreshed(&self) -> Arc<Catalogue> {
        self.catalogue
            .refresh(&self.app, &system::<Browse>(&self.app))
            .await
            .expect("read");
        self.catalogue.now()
    }
}
